//! What is changed in the JavaScript that wasm-bindgen writes.

use anyhow::{Result, bail};

/// Puts our loader in the place of the generated one.
///
/// Half of that one is for fetching, which pkg/wasm.js decides about, and for deprecated ways to call it; no bundler can
/// drop them. Fails where the glue does not have the form that is known here.
pub(crate) fn with_own_loader(glue: &str) -> Result<String> {
    let parts: Vec<&str> = glue.split(BEGIN).collect();
    match parts.as_slice() {
        [adapters, loader]
            if loader.matches(START).count() == 1 && loader.trim_end().ends_with(END) =>
        {
            Ok(format!(
                "{adapters}\n{}",
                include_str!("../scripts/loader.js")
            ))
        }
        _ => bail!(
            "the generated loader is not the one that is known: compare the end of \
             target/wasm/bindgen/nightlatch.js with xtask/scripts/loader.js, then change xtask/src/glue.rs"
        ),
    }
}

/// Where the generated loader begins, what it must not leave out, and how it ends.
const BEGIN: &str = "\nlet wasmModule, wasmInstance, wasm;\n";
const START: &str = "wasm.__wbindgen_start();";
const END: &str = "export { initSync, __wbg_init as default };";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_adapters_stay() {
        let glue = format!("adapters();\n{BEGIN}load();\n{START}\n{END}\n");
        let edited = with_own_loader(&glue).unwrap();
        assert!(edited.starts_with("adapters();\n"));
        assert!(edited.contains(START) && !edited.contains("load();"));
    }

    #[test]
    fn an_unknown_loader_is_refused() {
        for glue in [
            "adapters();".to_owned(),
            format!("{BEGIN}{END}"),
            format!("{BEGIN}{BEGIN}{START}{END}"),
            format!("{BEGIN}{START}{END} more"),
        ] {
            assert!(with_own_loader(&glue).is_err(), "{glue}");
        }
    }
}
