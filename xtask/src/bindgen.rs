//! wasm-bindgen, as a library: its version is locked by the workspace's own lock file.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::glue;
use crate::package::{Mode, NAME};
use crate::shorten::{self, Names};

/// The JavaScript that belongs to a module, and the module before wasm-opt.
#[derive(Debug)]
pub(crate) struct Glue {
    pub(crate) wasm: PathBuf,
    pub(crate) javascript: String,
}

/// Splits what cargo built into module and glue. `directory` keeps them, with the generated types.
pub(crate) fn generate(compiled: &Path, directory: &Path, mode: Mode) -> Result<Glue> {
    let debug = mode == Mode::Dev;
    // Left-overs of an earlier version, snippets above all, must not be taken for this one's.
    let _ = fs::remove_dir_all(directory);
    let mut output = Bindgen::new()
        .input_path(compiled)
        .out_name(NAME)
        .web(true)?
        .typescript(true)
        .debug(debug)
        .keep_debug(debug)
        .remove_name_section(!debug)
        .remove_producers_section(!debug)
        // Bundlers copy the file that a `new URL(…, import.meta.url)` names, used or not; ours is embedded.
        .omit_default_module_path(true)
        .generate_output()?;
    let mut names = Names::default();
    if !debug {
        let glue = output.js().to_owned();
        let module = output.wasm_mut();
        for import in module.imports.iter_mut() {
            import.name = names.import(&import.name);
        }
        let mut unused = Vec::new();
        for export in module.exports.iter_mut() {
            match shorten::uses(&glue, &export.name) {
                true => export.name = names.export(&export.name),
                false => unused.push(export.id()),
            }
        }
        // What nobody can call, wasm-opt removes, with all that only it needs.
        for export in unused {
            module.exports.delete(export);
        }
    }
    output.emit(directory)?;

    let mut javascript = fs::read_to_string(directory.join(format!("{NAME}.js")))?;
    if !debug {
        javascript = names.apply(&glue::with_own_loader(&javascript)?)?;
    }
    ensure!(
        !javascript.contains("import.meta"),
        "the generated glue names a file beside itself, although it was told not to: \
         look at `omit_default_module_path` in xtask/src/bindgen.rs"
    );
    ensure!(
        !directory.join("snippets").exists(),
        "the library uses inline JavaScript, which the package does not carry: \
         write it in pkg/ instead of in `#[wasm_bindgen(inline_js)]`"
    );
    let wasm = directory.join(format!("{NAME}_bg.wasm"));
    Ok(Glue { wasm, javascript })
}
