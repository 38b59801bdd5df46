//! What is changed in the JavaScript that wasm-bindgen writes.

use anyhow::{Result, bail};

/// Puts our loader in the place of the generated one.
///
/// Half of that one is for fetching, which pkg/slim.js does where it is wanted, and for deprecated ways to call it; no bundler can
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

/// Takes out what no browser that instantiates the module has a use for. Fails where the glue does not have the form that
/// is known here.
pub(crate) fn trimmed(glue: &str) -> Result<String> {
    let mut glue = glue.to_owned();
    for (from, to, instead) in TRIMMED {
        let Some((before, rest)) = glue.split_once(from) else {
            bail!("the glue does not have `{from}`: compare it with xtask/src/glue.rs");
        };
        let Some((_, after)) = rest.split_once(to) else {
            bail!("the glue does not have `{to}`: compare it with xtask/src/glue.rs");
        };
        glue = format!("{before}{instead}{after}");
    }
    Ok(without_unused(&glue))
}

/// What passes texts does without `realloc`, and clients are not freed, so that the module need not export either.
pub(crate) fn without_unused(glue: &str) -> String {
    glue.replace(", wasm.__wbindgen_realloc", "")
        .replace("wasm.__wbg_core_free", "")
}

/// Makes arrow functions of what the module imports. (A minifier may not: they differ in `this` and `arguments`.)
pub(crate) fn arrows(glue: &str) -> String {
    let mut arrows = String::with_capacity(glue.len());
    for line in glue.lines() {
        let (catches, plain) = (
            ": function() { return handleError(function (",
            ": function(",
        );
        let begun = match line.strip_suffix(") {") {
            Some(begun) if line.contains(catches) => Some(begun.replacen(catches, ": caught((", 1)),
            Some(begun) if line.contains(plain) => Some(begun.replacen(plain, ": (", 1)),
            _ => None,
        };
        match begun {
            Some(begun) => arrows.extend([&begun, ") => {\n"]),
            None if line.trim() == "}, arguments); }," => arrows.push_str("        }),\n"),
            None => arrows.extend([line, "\n"]),
        }
    }
    arrows
}

/// What the glue offers in the place of functions of the module. [`TRIMMED`] puts them in.
pub(crate) const OFFERED: [&str; 3] = [
    "__externref_table_alloc",
    "__externref_table_dealloc",
    "web_sys::window",
];

/// From where to where is taken out, and what comes in its place.
const TRIMMED: [(&str, &str, &str); 16] = [
    // `using` and `free()`: a client lives as long as its page.
    (
        "    __destroy_into_raw() {\n",
        "wasm.__wbg_core_free(ptr, 0);\n    }\n",
        "",
    ),
    ("if (Symbol.dispose) ", "\n", ""),
    // A text encoder without `encodeInto` is older than the reference types that the module uses.
    (
        "if (!('encodeInto' in cachedTextEncoder)) {\n",
        "    };\n}\n",
        "",
    ),
    // A page makes one client, which lives as long as the page does.
    (
        "const CoreFinalization = ",
        ";\n",
        "// The places of references that have been dropped. The first 1028 are not for dropping.\n\
         const free = [];\n",
    ),
    ("        CoreFinalization.register(", "\n", ""),
    // [`arrows`] wraps functions once, when the module is instantiated.
    (
        "function handleError(",
        "    }\n}\n",
        "const caught = (f) => (...args) => {\n\
         \x20   try {\n\
         \x20       return f(...args);\n\
         \x20   } catch (e) {\n\
         \x20       wasm.__wbindgen_exn_store(addToExternrefTable0(e));\n\
         \x20   }\n\
         };\n",
    ),
    // Texts are short: one way to pass them is enough.
    (
        "    if (realloc === undefined) {\n",
        "    WASM_VECTOR_LEN = offset;\n    return ptr;\n",
        "    const bytes = new TextEncoder().encode(arg);\n\
         const ptr = malloc(bytes.length, 1) >>> 0;\n\
         getUint8ArrayMemory0().set(bytes, ptr);\n\
         WASM_VECTOR_LEN = bytes.length;\n\
         return ptr;\n",
    ),
    // What is offered in the place of functions of the module.
    (
        "        __wbg_static_accessor_GLOBAL_THIS_",
        "        },\n",
        "        __externref_table_alloc: function() {\n\
         \x20           return free.pop() ?? wasm.__wbindgen_externrefs.grow(1);\n\
         \x20       },\n\
         \x20       __externref_table_dealloc: function(at) {\n\
         \x20           if (at < 1028) return;\n\
         \x20           wasm.__wbindgen_externrefs.set(at, undefined);\n\
         \x20           free.push(at);\n\
         \x20       },\n\
         \x20       window: function() {\n\
         \x20           return typeof window === 'undefined' ? [0, 0] : [1, addToExternrefTable0(window)];\n\
         \x20       },\n",
    ),
    ("        __wbg_static_accessor_GLOBAL_", "        },\n", ""),
    ("        __wbg_static_accessor_SELF_", "        },\n", ""),
    ("        __wbg_static_accessor_WINDOW_", "        },\n", ""),
    ("        __wbg_instanceof_Window_", "        },\n", ""),
    // Views of the memory are made when they are needed: nothing here is called so often that it would matter.
    (
        "let cachedDataViewMemory0 = ",
        "    return cachedDataViewMemory0;\n}\n",
        "const getDataViewMemory0 = () => new DataView(wasm.memory.buffer);\n",
    ),
    (
        "let cachedUint8ArrayMemory0 = ",
        "    return cachedUint8ArrayMemory0;\n}\n",
        "const getUint8ArrayMemory0 = () => new Uint8Array(wasm.memory.buffer);\n",
    ),
    // One for each text: they are short.
    (
        "let cachedTextDecoder = ",
        "    return cachedTextDecoder.decode(bytes);\n}\n",
        "const decodeText = (bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);\n",
    ),
    // Jest's jsdom has none, and to import something does nothing.
    ("const cachedTextEncoder = ", ";\n", ""),
];

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
    fn what_is_not_used_goes_and_the_rest_stays() {
        let glue: String = TRIMMED
            .iter()
            .map(|(from, to, _)| format!("kept();\n{from}gone();\n{to}"))
            .collect();
        let trimmed = trimmed(&glue).unwrap();
        assert_eq!(trimmed.matches("kept();").count(), TRIMMED.len());
        assert!(!trimmed.contains("gone();"));
        assert!(super::trimmed("kept();").is_err());
    }

    #[test]
    fn what_the_module_imports_are_arrow_functions() {
        let glue = "\
        a: function(arg0) {
            return arg0;
        },
        b: function() { return handleError(function (arg0, arg1) {
            return arg0.b(arg1);
        }, arguments); },
function c(arg0) {
";
        let expected = "\
        a: (arg0) => {
            return arg0;
        },
        b: caught((arg0, arg1) => {
            return arg0.b(arg1);
        }),
function c(arg0) {
";
        assert_eq!(arrows(glue), expected);
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
