//! `cargo xtask build`: from Rust to the npm package.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::project::Project;
use crate::step::step;
use crate::{bindgen, embed, npm, process, sizes, snippet, toolchain};

/// The crate, the package, and the stem of every generated file.
pub(crate) const NAME: &str = "nightlatch";

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Quick to build, with names and assertions.
    Dev,
    /// What is published.
    Release,
}

pub(crate) fn verb(project: &Project, arguments: &[String]) -> Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mode = match arguments.as_slice() {
        [] => Mode::Release,
        ["--dev"] => Mode::Dev,
        _ => bail!("`build` takes no other option than --dev"),
    };
    build(project, mode)?;
    snippet::write(project)?;
    println!("\n{}", sizes::measure(project)?);
    Ok(())
}

/// Makes `pkg/` what `npm pack` would publish. Does nothing where nothing changed.
pub(crate) fn build(project: &Project, mode: Mode) -> Result<()> {
    toolchain::ensure(project)?;
    npm::ensure(project)?;
    let compiled = step("compile for wasm32", || compile(project, mode))?;

    let stamp = project.wasm().join("package.stamp");
    let inputs = [
        compiled,
        project.root.join("Cargo.lock"),
        project.root.join("package-lock.json"),
    ];
    if fs::read_to_string(&stamp).is_ok_and(|old| old == fingerprint(project, &inputs, mode)) {
        println!("  the package in pkg/ is current");
    } else {
        let _ = fs::remove_file(&stamp);
        let [compiled, ..] = &inputs;
        step("make the package", || make(project, compiled, mode))?;
        fs::write(&stamp, fingerprint(project, &inputs, mode))?;
    }
    complete(project)
}

/// What the last build's module is, as it is embedded.
pub(crate) fn module(project: &Project) -> PathBuf {
    project.wasm().join(format!("{NAME}.wasm"))
}

fn compile(project: &Project, mode: Mode) -> Result<PathBuf> {
    let mut cargo = project.cargo();
    cargo
        .args(["build", "--package", NAME, "--lib", "--target-dir"])
        .arg(project.wasm())
        // They would replace the flags below.
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTFLAGS");
    let profile = match mode {
        Mode::Dev => {
            cargo.args(["--target", toolchain::TARGET]);
            "debug"
        }
        Mode::Release => {
            // std is built from source without panic messages, which makes the module less than half as large; the
            // flags are unstable, and this lets the stable compiler take them.
            cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", FLAGS);
            cargo.args(["--release", "-Zbuild-std=std,panic_abort"]);
            cargo.args([
                "-Zbuild-std-features=optimize_for_size",
                "-Zjson-target-spec",
                "--target",
            ]);
            cargo.arg(target(project)?);
            "release"
        }
    };
    process::run(&mut cargo)?;
    Ok(project
        .wasm()
        .join(toolchain::TARGET)
        .join(profile)
        .join(format!("{NAME}.wasm")))
}

/// The compiler's own description of the target, but that a function may return two values: texts, slices and optional
/// numbers come back in registers instead of in memory. Measured at 100 KB: 5 % smaller.
fn target(project: &Project) -> Result<PathBuf> {
    let mut rustc = project.command("rustc");
    rustc.env("RUSTC_BOOTSTRAP", "1").args([
        "-Zunstable-options",
        "--print",
        "target-spec-json",
        "--target",
        toolchain::TARGET,
    ]);
    let mut target: serde_json::Value = serde_json::from_str(&process::read(&mut rustc)?)?;
    if let Some(target) = target.as_object_mut() {
        target.insert("llvm-abiname".to_owned(), "experimental-mv".into());
    }
    let path = project.wasm().join(format!("{}.json", toolchain::TARGET));
    let text = serde_json::to_string_pretty(&target)?;
    // Written anew, it would have everything compiled anew.
    if fs::read_to_string(&path).ok().as_deref() != Some(&text) {
        fs::create_dir_all(project.wasm())?;
        fs::write(&path, text)?;
    }
    Ok(path)
}

fn make(project: &Project, compiled: &Path, mode: Mode) -> Result<()> {
    let glue = bindgen::generate(compiled, &project.wasm().join("bindgen"), mode)?;
    let module = module(project);
    match mode {
        Mode::Dev => {
            fs::copy(&glue.wasm, &module)?;
        }
        Mode::Release => process::run(
            project
                .tool("binaryen/bin/wasm-opt")
                .args(OPTIMISE)
                .arg(&glue.wasm)
                .arg("-o")
                .arg(&module),
        )?,
    }
    let generated = generated(project);
    let _ = fs::remove_dir_all(&generated);
    fs::create_dir_all(&generated)?;
    fs::write(generated.join(format!("{NAME}.js")), &glue.javascript)?;
    fs::copy(&module, generated.join(format!("{NAME}.wasm")))?;
    let wasm = fs::read(&module)?;
    fs::write(generated.join("fingerprint.js"), embed::fingerprint(&wasm))?;
    let bytes = generated.join("bytes.js");
    fs::write(&bytes, embed::module(&wasm)?)?;
    process::run(
        project
            .command("node")
            .arg("xtask/scripts/validate.mjs")
            .arg(&module)
            .arg(&bytes),
    )
}

/// Copies the licences, and finds out whether everything that is to be published is there.
fn complete(project: &Project) -> Result<()> {
    let package = project.package();
    for entry in fs::read_dir(&project.root)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("LICENSE") {
            fs::copy(entry.path(), package.join(entry.file_name()))?;
        }
    }
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(package.join("package.json"))?)?;
    let files = manifest.get("files").and_then(|files| files.as_array());
    for file in files.context("pkg/package.json has no `files`")? {
        let file = file.as_str().context("`files` holds names")?;
        let found = package.join(file).exists();
        ensure!(
            found,
            "pkg/package.json publishes {file}, which is not there"
        );
    }
    Ok(())
}

fn generated(project: &Project) -> PathBuf {
    project.package().join("generated")
}

/// Changes with everything that the package is made of, and with what was made: an edited or lost file is made anew.
fn fingerprint(project: &Project, inputs: &[PathBuf], mode: Mode) -> String {
    let mut hasher = DefaultHasher::new();
    (mode, RECIPE).hash(&mut hasher);
    let outputs = [
        module(project),
        generated(project).join(format!("{NAME}.js")),
        generated(project).join(format!("{NAME}.wasm")),
        generated(project).join("bytes.js"),
        generated(project).join("fingerprint.js"),
    ];
    for file in inputs.iter().chain(&outputs) {
        fs::read(file).ok().hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// What turns the compiler's output into the package.
const RECIPE: [&str; 8] = [
    include_str!("bindgen.rs"),
    include_str!("embed.rs"),
    include_str!("glue.rs"),
    include_str!("package.rs"),
    include_str!("shorten.rs"),
    include_str!("../scripts/loader.js"),
    include_str!("../scripts/validate.mjs"),
    include_str!("../../pkg/unpack.js"),
];

/// No formatting, no places, no unwinding. Loop strength reduction is off: it keeps several pointers where one does.
/// `multivalue` goes with [`target`].
const FLAGS: &str = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none -Cllvm-args=-disable-lsr -Ctarget-feature=+multivalue -Clink-arg=-zstack-size=262144";

/// No `--all-features`: browsers reject what it makes.
///
/// What travels is compressed, so what repeats is cheap and what varies is dear. Of the functions that are called once
/// only small ones are inlined (and of the others only the smallest), common expressions stay where they are, and loads and stores all promise the same
/// alignment. Measured at 142 KB: plain `-Oz` makes it 2.5 % smaller as it is, and 5 % larger by brotli.
const OPTIMISE: [&str; 7] = [
    "-Oz",
    "--converge",
    "--one-caller-inline-max-function-size=80",
    "--always-inline-max-function-size=3",
    "--skip-pass=local-cse",
    "--dealign",
    "--strip-target-features",
];
