//! What the package weighs, and what it may weigh.

use std::fmt;
use std::fs;
use std::os::unix::fs::symlink;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::package::{self, NAME};
use crate::process;
use crate::project::Project;

/// Bytes of one thing, as they are and as they travel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    wasm: Size,
    /// All that a small app carries when it uses the package.
    bundle: Size,
    /// The same with `nightlatch/slim`: the module comes on top.
    slim: Size,
}

/// Measures what the last build left in `pkg/`.
pub(crate) fn measure(project: &Project) -> Result<Sizes> {
    let consumer = project.wasm().join("consumer");
    let _ = fs::remove_dir_all(&consumer);
    fs::create_dir_all(consumer.join("node_modules"))?;
    // By its name, so that the package's own `exports` and `sideEffects` count.
    symlink(project.package(), consumer.join("node_modules").join(NAME))?;
    fs::write(consumer.join("app.js"), APP)?;
    fs::write(
        consumer.join("slim.js"),
        APP.replace("\"nightlatch\"", "\"nightlatch/slim\""),
    )?;

    let printed = process::read(
        project
            .command("node")
            .arg("xtask/scripts/measure.mjs")
            .arg(package::module(project))
            .arg(&consumer),
    )?;
    let measured: Value = serde_json::from_str(&printed)?;
    Ok(Sizes {
        wasm: size(&measured, "wasm")?,
        bundle: size(&measured, "bundle")?,
        slim: size(&measured, "slim")?,
    })
}

/// Fails where an app's bundle, whole or slim, is above the budget.
pub(crate) fn keep_to_budget(project: &Project, sizes: Sizes) -> Result<()> {
    let budget: Value = serde_json::from_slice(&fs::read(project.root.join("budget.json"))?)?;
    for (of, what, size) in [
        ("bundle", "an app's bundle", sizes.bundle),
        ("slim", "a slim app's bundle", sizes.slim),
    ] {
        let allowed = number(&budget, of, "brotli").context("budget.json")?;
        let used = size.brotli;
        ensure!(
            used <= allowed,
            "{what} has {used} bytes (brotli), and budget.json allows {allowed}"
        );
        println!("  {used} of {allowed} bytes ({what}, brotli)");
    }
    Ok(())
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<22}{:>10}{:>10}{:>10}",
            "bytes", "raw", "gzip", "brotli"
        )?;
        for (name, size) in [
            ("module", self.wasm),
            ("an app's whole bundle", self.bundle),
            ("a slim app's bundle", self.slim),
        ] {
            let Size { raw, gzip, brotli } = size;
            writeln!(f, "{name:<22}{raw:>10}{gzip:>10}{brotli:>10}")?;
        }
        Ok(())
    }
}

fn size(measured: &Value, of: &str) -> Result<Size> {
    Ok(Size {
        raw: number(measured, of, "raw")?,
        gzip: number(measured, of, "gzip")?,
        brotli: number(measured, of, "brotli")?,
    })
}

fn number(value: &Value, of: &str, form: &str) -> Result<u64> {
    value
        .get(of)
        .and_then(|size| size.get(form))
        .and_then(Value::as_u64)
        .with_context(|| format!("no number for {of}.{form}"))
}

const APP: &str = "\
import { createClient, logout } from \"nightlatch\";
document.body.onclick = () => logout();
globalThis.client = createClient({ issuer: \"https://id.example.com\", clientId: \"app\" });
";
