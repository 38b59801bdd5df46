//! `cargo xtask test`: everything that is proven, and how it is run.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::browsers::{self, Browser, Programs};
use crate::package::{self, Mode, NAME};
use crate::project::Project;
use crate::step::{green, red, seconds, step, yellow};
use crate::tally::Tally;
use crate::{example, npm, process, toolchain, wasm_test_runner};

pub(crate) fn verb(project: &Project, arguments: &[String]) -> Result<()> {
    let plan = Plan::parse(arguments)?;
    // First of all, so that a machine that lacks something says so at once.
    toolchain::ensure(project)?;
    npm::ensure(project)?;
    let programs = browsers::ensure_installed(project, &plan.needs())?;

    let mut outcomes = Vec::new();
    let mut built = None;
    for part in &plan.parts {
        if part.wants_the_package() && built.is_none() {
            built = Some(package::build(project, Mode::Release));
        }
        let start = Instant::now();
        let result = match &built {
            Some(Err(error)) if part.wants_the_package() => Err(anyhow::anyhow!(
                "not run, because the build failed: {error:#}"
            )),
            _ => step(&format!("test {}", part.name()), || {
                part.run(project, &programs, &plan.options)
            }),
        };
        if let Err(error) = &result {
            eprintln!("  {error:#}");
        }
        outcomes.push((*part, result, start.elapsed()));
        report_survivors(part.name());
        if process::interrupted() {
            bail!("interrupted");
        }
    }
    summarise(&outcomes)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Host,
    Fuzz,
    Browser,
    Www,
    Modules,
    EndToEnd(Browser),
    Package,
    Rust,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Fuzz => "fuzz",
            Self::Browser => "browser",
            Self::Www => "www",
            Self::Modules => "modules",
            Self::EndToEnd(Browser::Chromium) => "e2e in chromium",
            Self::EndToEnd(Browser::Firefox) => "e2e in firefox",
            Self::EndToEnd(Browser::Webkit) => "e2e in webkit",
            Self::Package => "package",
            Self::Rust => "rust",
        }
    }

    fn browser(self) -> Option<Browser> {
        match self {
            Self::Host | Self::Fuzz | Self::Www | Self::Modules => None,
            Self::Browser | Self::Package | Self::Rust => Some(Browser::Chromium),
            Self::EndToEnd(browser) => Some(browser),
        }
    }

    fn wants_the_package(self) -> bool {
        matches!(self, Self::Www | Self::EndToEnd(_) | Self::Package)
    }

    /// Runs the part. No tests is no tally, and no failure: the project may have none of a kind yet.
    fn run(
        self,
        project: &Project,
        programs: &Programs,
        options: &[String],
    ) -> Result<Option<Tally>> {
        match self {
            Self::Host => host(project, options),
            Self::Fuzz => fuzz(project, options),
            Self::Browser => browser(project, programs, options),
            Self::Www => node(project, self, "www", &Programs::new(), options),
            Self::Modules => node(project, self, "tests/modules", &Programs::new(), options),
            Self::EndToEnd(_) => node(project, self, "tests/e2e", programs, options),
            Self::Package => {
                let directory = project.target.join("tarball");
                let mut programs = programs.clone();
                programs.push(("TARBALL", npm::pack(project, &directory)?));
                node(project, self, "tests/package", &programs, options)
            }
            Self::Rust => rust(project, programs, options),
        }
    }
}

/// What was asked for.
#[derive(Debug)]
struct Plan {
    parts: Vec<Part>,
    /// For the runner of the one part that is named.
    options: Vec<String>,
}

impl Plan {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut names = Vec::new();
        let mut browsers = vec![Browser::Chromium, Browser::Firefox];
        let mut arguments = arguments.iter();
        for argument in arguments.by_ref() {
            if argument == "--" {
                break;
            }
            match argument.strip_prefix("--browsers=") {
                Some(list) => {
                    browsers = list.split(',').map(Browser::named).collect::<Result<_>>()?;
                }
                None => names.push(argument.as_str()),
            }
        }
        let options: Vec<String> = arguments.cloned().collect();
        ensure!(
            options.is_empty() || names.len() == 1,
            "options after -- go to the runner of one part: name it"
        );
        if names.is_empty() {
            names = vec![
                "host", "fuzz", "browser", "www", "modules", "e2e", "package", "rust",
            ];
        }
        let mut parts = Vec::new();
        for name in names {
            match name {
                "host" => parts.push(Part::Host),
                "fuzz" => parts.push(Part::Fuzz),
                "browser" => parts.push(Part::Browser),
                "www" => parts.push(Part::Www),
                "modules" => parts.push(Part::Modules),
                "e2e" => parts.extend(browsers.iter().copied().map(Part::EndToEnd)),
                "package" => parts.push(Part::Package),
                "rust" => parts.push(Part::Rust),
                _ => bail!(
                    "no part `{name}`: host, fuzz, browser, www, modules, e2e, package or rust"
                ),
            }
        }
        Ok(Self { parts, options })
    }

    fn needs(&self) -> Vec<Browser> {
        let mut browsers = Vec::new();
        for browser in self.parts.iter().filter_map(|part| part.browser()) {
            if !browsers.contains(&browser) {
                browsers.push(browser);
            }
        }
        browsers
    }
}

fn host(project: &Project, options: &[String]) -> Result<Option<Tally>> {
    let (mut succeeded, mut printed) = (true, String::new());
    // Options are meant for the core's tests, and may name what xtask has not.
    let packages: &[&[&str]] = match options {
        // What xtask is made of has been built in this profile, or it would not run.
        [] => &[&[NAME], &["xtask", "--profile=dev"]],
        _ => &[&[NAME]],
    };
    // One after the other: together, cargo would unite their features and build everything that they share again.
    for package in packages {
        let mut cargo = project.cargo();
        cargo.args(["test", "--no-fail-fast", "--package"]);
        cargo.args(*package);
        let (success, output) = process::tee(cargo.args(options))?;
        succeeded &= success;
        printed.push_str(&output);
    }
    of_cargo((succeeded, printed)).map(Some)
}

/// Each fuzz target for a moment, on stable.
fn fuzz(project: &Project, options: &[String]) -> Result<Option<Tally>> {
    let mut cargo = project.cargo();
    cargo
        .args(["test", "--manifest-path=fuzz/Cargo.toml", "--target-dir"])
        .arg(project.target.join("fuzz"))
        .args(options);
    let core = of_cargo(process::tee(&mut cargo)?)?;
    let page = match options {
        [] => node(project, Part::Fuzz, "fuzz", &Programs::new(), options)?,
        // They are meant for cargo.
        _ => None,
    };
    Ok(Some(page.map_or(core, |page| core.plus(page))))
}

/// What an app in Rust passes and gets, on this machine; and an app, against the packed crate.
fn rust(project: &Project, programs: &Programs, options: &[String]) -> Result<Option<Tally>> {
    let mut cargo = project.cargo();
    cargo.args([
        "test",
        "--package",
        NAME,
        "--features=client",
        "--test=surface",
    ]);
    let surface = of_cargo(process::tee(&mut cargo)?)?;
    let mut programs = programs.clone();
    let built = example::build(project)?;
    programs.extend([("RUST_APP", built.folder), ("CRATE", built.packed)]);
    let app = node(project, Part::Rust, "tests/rust", &programs, options)?;
    Ok(Some(app.map_or(surface, |app| app.plus(surface))))
}

fn browser(project: &Project, programs: &Programs, options: &[String]) -> Result<Option<Tally>> {
    let targets = browser_tests(project)?;
    if targets.is_empty() {
        return Ok(None);
    }
    let runner = json!([env::current_exe()?, "wasm-test-runner"]);
    let mut cargo = project.cargo();
    cargo
        .args(["test", "--no-fail-fast", "--package", NAME])
        .args(["--target", toolchain::TARGET])
        // Given this way, the path may hold blanks; a JSON array of strings is a TOML one.
        .arg(format!(
            "--config=target.{}.runner={runner}",
            toolchain::TARGET
        ))
        .args(targets.iter().flat_map(|name| ["--test", name]))
        .args(options)
        .env(
            "WASM_BINDGEN_TEST_WEBDRIVER_JSON",
            capabilities(project, programs)?,
        )
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
        .env(
            wasm_test_runner::ADDRESS,
            wasm_test_runner::free_address()?.to_string(),
        )
        // The runner would prefer Firefox.
        .env_remove("GECKODRIVER")
        .envs(
            programs
                .iter()
                .filter(|(name, _)| *name == "CHROMEDRIVER")
                .cloned(),
        );
    of_cargo(process::tee(&mut cargo)?).map(Some)
}

/// The library's tests that stand in `tests/browser`.
pub(crate) fn browser_tests(project: &Project) -> Result<Vec<String>> {
    let arguments = ["metadata", "--no-deps", "--format-version=1"];
    let metadata = process::read(project.cargo().args(arguments))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let list = |value: &Value, key: &str| -> Vec<Value> {
        let list = value.get(key).and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    let directory = project.root.join("tests/browser");
    let mut names = Vec::new();
    for package in list(&metadata, "packages") {
        for target in list(&package, "targets") {
            let text = |key: &str| target.get(key).and_then(Value::as_str);
            let (Some(name), Some(path)) = (text("name"), text("src_path")) else {
                continue;
            };
            if Path::new(path).starts_with(&directory) {
                names.push(name.to_owned());
            }
        }
    }
    Ok(names)
}

/// Writes what the driver is to ask of Chromium.
fn capabilities(project: &Project, programs: &Programs) -> Result<PathBuf> {
    let chromium = programs.iter().find(|(name, _)| *name == "CHROMIUM");
    let (_, binary) = chromium.context("Chromium was not looked for")?;
    let capabilities = json!({
        "goog:chromeOptions": { "binary": binary, "args": CHROMIUM_ARGUMENTS }
    });
    let directory = project.target.join("test");
    fs::create_dir_all(&directory)?;
    let path = directory.join("webdriver.json");
    fs::write(&path, capabilities.to_string())?;
    Ok(path)
}

fn of_cargo((success, output): (bool, String)) -> Result<Tally> {
    let tally = Tally::of_cargo(&output);
    match (success, tally) {
        (true, Some(tally)) => Ok(tally),
        (true, None) => bail!("cargo test does not say how many tests it ran"),
        (false, Some(tally)) if tally.failed > 0 => bail!("{tally}"),
        (false, _) => bail!("cargo test did not run to its end"),
    }
}

/// Runs a directory's test files with Node, each alone: they share ports, browsers and one processor or two. Those in a
/// browser run two at a time: each has a world, ports and browsers of its own, and mostly waits.
fn node(
    project: &Project,
    part: Part,
    directory: &str,
    programs: &Programs,
    options: &[String],
) -> Result<Option<Tally>> {
    let files: Vec<PathBuf> = project
        .files(directory, &[".test.mjs"])
        .into_iter()
        .filter(|file| file.parent() == Some(project.root.join(directory).as_path()))
        .collect();
    if files.is_empty() {
        return Ok(None);
    }
    let records = project.target.join("test");
    fs::create_dir_all(&records)?;
    let record = records.join(format!("{}.tap", part.name().replace(' ', "-")));
    let _ = fs::remove_file(&record);

    let mut command = match part {
        // WebKitGTK draws into a window even in tests, and on any display it is given.
        Part::EndToEnd(Browser::Webkit) => {
            let mut command = project.command("xvfb-run");
            command.args(["--auto-servernum", "node"]);
            command
                .env("NO_AT_BRIDGE", "1")
                .env("LIBGL_ALWAYS_SOFTWARE", "1");
            command
        }
        _ => project.command("node"),
    };
    let at_once = match part {
        Part::EndToEnd(Browser::Chromium | Browser::Firefox) => "--test-concurrency=2",
        _ => "--test-concurrency=1",
    };
    command
        .args(["--test", at_once, FILE_LIMIT])
        .args(["--test-reporter=spec", "--test-reporter-destination=stdout"])
        .arg("--test-reporter=tap")
        .arg(format!("--test-reporter-destination={}", record.display()))
        .args(options)
        .args(files)
        .envs(programs.iter().cloned());
    if let Some(browser) = part.browser() {
        command.env("BROWSER", browser.name());
    }
    let result = process::run(&mut command);
    let tally = Tally::of_tap(&fs::read_to_string(&record).unwrap_or_default());
    match (result, tally) {
        (Ok(()), Some(tally)) => Ok(Some(tally)),
        (Ok(()), None) => bail!("node does not say how many tests it ran"),
        (Err(_), Some(tally)) if tally.failed > 0 => bail!("{tally}"),
        (Err(error), _) => Err(error),
    }
}

fn report_survivors(part: &str) {
    let names = process::sweep();
    if !names.is_empty() {
        let names = names.join(", ");
        println!(
            "{} the {part} tests left running: {names} (ended now)",
            yellow("!")
        );
    }
}

fn summarise(outcomes: &[(Part, Result<Option<Tally>>, Duration)]) -> Result<()> {
    println!();
    let mut failed = Vec::new();
    let mut sum = Tally::default();
    for (part, result, time) in outcomes {
        let (mark, says) = match result {
            Ok(Some(tally)) => {
                sum = sum.plus(*tally);
                (green("✓"), tally.to_string())
            }
            Ok(None) => (yellow("–"), "no tests yet".to_owned()),
            Err(error) => {
                failed.push(part.name());
                (red("✗"), format!("{error:#}"))
            }
        };
        println!("{mark} {:<16} {:>12}   {says}", part.name(), seconds(*time));
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(" · "));
    }
    // Every part was counted by its own runner. The plain line is what CI reads.
    println!("\n{sum}");
    Ok(())
}

/// Ten minutes for each test, a whole file being one too: one that hangs is named, and the others still run.
const FILE_LIMIT: &str = "--test-timeout=600000";

/// What Chromium needs to run as root, and not to look for the network.
const CHROMIUM_ARGUMENTS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(line: &str) -> Result<Plan> {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Plan::parse(&arguments)
    }

    #[test]
    fn no_argument_means_everything_in_both_browsers() {
        let parts = plan("").unwrap().parts;
        assert_eq!(parts.len(), 9);
        assert!(parts.contains(&Part::EndToEnd(Browser::Firefox)));
    }

    #[test]
    fn only_the_browsers_that_are_driven_are_needed() {
        assert_eq!(plan("host www").unwrap().needs(), []);
        assert_eq!(
            plan("e2e --browsers=webkit").unwrap().needs(),
            [Browser::Webkit]
        );
        assert_eq!(
            plan("browser package").unwrap().needs(),
            [Browser::Chromium]
        );
    }

    #[test]
    fn options_belong_to_one_part() {
        assert_eq!(plan("host -- pkce").unwrap().options, ["pkce"]);
        assert!(plan("-- pkce").is_err());
        assert!(plan("host www -- pkce").is_err());
    }

    #[test]
    fn an_unknown_part_or_browser_is_refused() {
        assert!(plan("hots").is_err());
        assert!(plan("e2e --browsers=lynx").is_err());
    }
}
