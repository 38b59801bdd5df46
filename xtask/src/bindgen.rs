//! wasm-bindgen, as a library: its version is locked by the workspace's own lock file.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use walrus::ElementItems;
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
        let glue = glue::without_unused(output.js());
        let module = output.wasm_mut();
        forget_callbacks(module);
        leave_to_glue(module)?;
        for import in module.imports.iter_mut() {
            import.name = names.import(&import.name);
            import.module = names.module(&import.module);
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
        forget_messages(module);
    }
    output.emit(directory)?;

    let mut javascript = fs::read_to_string(directory.join(format!("{NAME}.js")))?;
    if !debug {
        javascript =
            glue::arrows(&names.apply(&glue::trimmed(&glue::with_own_loader(&javascript)?)?)?);
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

/// Puts imports in the place of functions that the glue does in a line, and drops what only they needed: the list of free
/// places for references, and four ways to find the page's window.
fn leave_to_glue(module: &mut walrus::Module) -> Result<()> {
    for path in glue::OFFERED {
        // The crate's hash stands in brackets.
        let is_meant = |name: &str| match (name.split_once('['), name.split_once(']')) {
            (Some((before, _)), Some((_, after))) => path.strip_prefix(before) == Some(after),
            _ => name == path,
        };
        let found: Vec<_> = module
            .funcs
            .iter()
            .filter(|function| function.name.as_deref().is_some_and(is_meant))
            .map(|function| (function.id(), function.ty()))
            .collect();
        let [(id, ty)] = found[..] else {
            bail!("the module does not have one `{path}`: compare it with xtask/src/glue.rs");
        };
        let name = path.rsplit("::").next().unwrap_or(path);
        let import = module.imports.add(GLUE, name, id);
        module.funcs.get_mut(id).kind =
            walrus::FunctionKind::Import(walrus::ImportedFunction { import, ty });
    }
    walrus::passes::gc::run(module);
    Ok(())
}

/// What the module imports from.
const GLUE: &str = "./nightlatch_bg.js";

/// Takes the callbacks of closures out of the table of functions.
///
/// They stand in it only because wasm-bindgen reads closures' types off the table; the glue calls them as exports, by
/// name, and nothing calls them by index. For each of the crates' closures that the module has no use for, its callback
/// would stay. The place is given to a function that is there anyway, so that no other index changes. The same is done with
/// what finds the global object, once nobody asks for it any more ([`leave_to_glue`]).
fn forget_callbacks(module: &mut walrus::Module) {
    let is_callback = |function: walrus::FunctionId| {
        let name = module.funcs.get(function).name.as_deref();
        name.is_some_and(|name| {
            name.starts_with("wasm_bindgen[") && name.contains("]::convert::closures::_::invoke::<")
                || name.starts_with("js_sys[") && name.contains("]::global::get_global_object")
        })
    };
    let others: Vec<_> = module
        .elements
        .iter()
        .filter_map(|element| match &element.items {
            ElementItems::Functions(functions) => {
                let other = functions.iter().find(|function| !is_callback(**function))?;
                let functions = functions
                    .iter()
                    .map(|function| match is_callback(*function) {
                        true => *other,
                        false => *function,
                    });
                Some((element.id(), functions.collect()))
            }
            ElementItems::Expressions(..) => None,
        })
        .collect();
    for (element, functions) in others {
        module.elements.get_mut(element).items = ElementItems::Functions(functions);
    }
}

/// Blanks the texts of errors that only a bug in the crates we use could raise: `cargo xtask build --dev` keeps them.
fn forget_messages(module: &mut walrus::Module) {
    let segments: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    for segment in segments {
        let data = module.data.get_mut(segment);
        for message in MESSAGES {
            let length = message.len();
            let places: Vec<usize> = data
                .value
                .windows(length)
                .enumerate()
                .filter(|(_, window)| *window == message.as_bytes())
                .map(|(at, _)| at)
                .collect();
            for at in places {
                if let Some(text) = data.value.get_mut(at..at + length) {
                    text.fill(b' ');
                }
            }
        }
    }
}

const MESSAGES: [&str; 12] = [
    "attempted to take ownership of Rust value while it was borrowed",
    "called `Option::unwrap_throw()` on a `None` value",
    "closure invoked recursively or after being dropped",
    "failed to get local_storage",
    "failed to get session_storage",
    "Map key is not a string and cannot be an object key",
    "no local storage",
    "no session storage",
    "no window",
    "null pointer passed to rust",
    "recursive use of an object detected which would lead to unsafe aliasing in rust",
    "unreachable: remove_item does not throw an exception",
];
