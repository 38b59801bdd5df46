//! `cargo xtask release`: what is published, and whether it may be.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::package::{self, Mode, NAME};
use crate::project::Project;
use crate::step::{green, red, step};
use crate::{npm, process};

pub(crate) fn verb(project: &Project, arguments: &[String]) -> Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => publish(project),
        ["--changelog"] => date_changelog(project),
        ["--dry-run"] => rehearse(project),
        ["--reproduce"] => reproduce(project),
        _ => bail!("`release` takes --dry-run, --changelog or --reproduce, or nothing"),
    }
}

/// What a registry is given.
#[derive(Debug)]
struct Release {
    npm: PathBuf,
    cargo: Packed,
}

/// The crate's file, and the name of the folder in it.
#[derive(Debug)]
pub(crate) struct Packed {
    pub(crate) file: PathBuf,
    pub(crate) name: String,
}

/// Packs the crate as it is published, from the files as they are now, without compiling it.
pub(crate) fn package_crate(project: &Project, directory: &Path) -> Result<Packed> {
    let name = format!("{NAME}-{}", version(project)?);
    process::run(
        project
            .cargo()
            .args(["package", "--quiet", "--package", NAME])
            .args(["--no-verify", "--allow-dirty", "--target-dir"])
            .arg(directory),
    )?;
    let file = directory.join("package").join(format!("{name}.crate"));
    ensure!(file.exists(), "cargo package leaves no {}", file.display());
    Ok(Packed { file, name })
}

/// Fails where a version differs from `Cargo.toml`'s, which is the one place that is edited first.
pub(crate) fn one_version(project: &Project) -> Result<()> {
    let version = version(project)?;
    let manifest = package_manifest(project)?;
    let other = manifest.get("version").and_then(Value::as_str);
    ensure!(
        other == Some(&version),
        "Cargo.toml has the version {version}, and pkg/package.json {}",
        other.unwrap_or("none")
    );
    let example = fs::read_to_string(project.root.join("examples/yew/Cargo.toml"))?;
    let line = format!("{NAME} = {{ version = \"{version}\"");
    ensure!(
        example.contains(&line),
        "examples/yew/Cargo.toml does not ask for {version}"
    );
    Ok(())
}

type Condition = fn(&Project) -> Result<()>;

/// What has to hold before anything leaves this machine.
const CONDITIONS: [(&str, Condition); 7] = [
    ("one version everywhere", one_version),
    ("the changelog has a section for it", changelog),
    ("nothing is uncommitted", clean),
    ("the tag is free", tag_is_free),
    ("both manifests name the repository", repository),
    ("npm can prove where it was built", provenance),
    ("crates.io knows who publishes", token),
];

fn publish(project: &Project) -> Result<()> {
    let missing = conditions(project);
    ensure!(
        missing.is_empty(),
        "nothing was published, since this does not hold: {}",
        missing.join(" · ")
    );
    let release = pack(project)?;
    show(project, &release)?;
    let tag = tag(project)?;
    // The tag first: it can be taken back, and what is published cannot.
    step(&format!("tag {tag}"), || {
        process::run(
            project
                .command("git")
                .args(["tag", "--annotate", &tag, "--message", &tag]),
        )?;
        process::run(project.command("git").args(["push", "origin", &tag]))
    })?;
    step("publish to npm", || {
        process::run(npm_publish(project, &release).arg("--provenance"))
    })?;
    step("publish to crates.io", || {
        process::run(project.cargo().args(["publish", "--package", NAME]))
    })
}

/// Does all that can be done without publishing, and says what stands in the way.
fn rehearse(project: &Project) -> Result<()> {
    let missing = conditions(project);
    let release = pack(project)?;
    step("npm publish, but for the sending", || {
        process::run(npm_publish(project, &release).arg("--dry-run"))
    })?;
    step("cargo publish, but for the sending", || {
        process::run(
            project
                .cargo()
                .args(["publish", "--dry-run", "--allow-dirty", "--package", NAME])
                .arg("--target-dir")
                .arg(directory(project)),
        )
    })?;
    show(project, &release)?;
    println!("\nnothing was published; a release would\n");
    let tag = tag(project)?;
    let npm = name(&release.npm);
    println!("    git tag --annotate {tag} && git push origin {tag}");
    println!("    npm publish {npm} --provenance --access public");
    println!("    cargo publish --package {NAME}");
    if !missing.is_empty() {
        println!(
            "\nand it is refused until this holds: {}",
            missing.join(" · ")
        );
    }
    Ok(())
}

fn npm_publish(project: &Project, release: &Release) -> Command {
    let mut npm = project.command("npm");
    npm.arg("publish").arg(&release.npm);
    npm.args(["--access", "public"]);
    npm
}

/// Says which conditions do not hold.
fn conditions(project: &Project) -> Vec<&'static str> {
    let mut missing = Vec::new();
    for (what, holds) in CONDITIONS {
        match holds(project) {
            Ok(()) => println!("{} {what}", green("✓")),
            Err(error) => {
                println!("{} {what}: {error:#}", red("✗"));
                missing.push(what);
            }
        }
    }
    missing
}

fn pack(project: &Project) -> Result<Release> {
    package::build(project, Mode::Release)?;
    let directory = directory(project);
    Ok(Release {
        npm: npm::pack(project, &directory.join("npm"))?,
        cargo: package_crate(project, &directory)?,
    })
}

/// Prints every file that is published, with its size and SHA-256; the module and the archives too.
fn show(project: &Project, release: &Release) -> Result<()> {
    println!("\n    bytes  SHA-256, and what it is of");
    print!(
        "{}",
        contents(project, &[&release.npm, &release.cargo.file])?
    );
    let module = package::module(project);
    println!(
        "the module, before it is embedded: {}",
        digest(project, &module)?
    );
    Ok(())
}

fn contents(project: &Project, archives: &[&Path]) -> Result<String> {
    let mut node = project.command("node");
    process::read(node.arg("xtask/scripts/contents.mjs").args(archives))
}

fn digest(project: &Project, file: &Path) -> Result<String> {
    let script = "process.stdout.write(require('node:crypto').createHash('sha256').update(require('node:fs').readFileSync(process.argv[1])).digest('hex'))";
    process::read(project.command("node").args(["--eval", script]).arg(file))
}

/// Builds the commit twice, in places of different names and lengths, and fails where a byte differs.
fn reproduce(project: &Project) -> Result<()> {
    clean(project)?;
    let commit = git(project, &["rev-parse", "HEAD"])?;
    let room = env::temp_dir().join(format!("{NAME}-{}", std::process::id()));
    let result = compare(project, &commit, &room);
    let _ = fs::remove_dir_all(&room);
    result
}

fn compare(project: &Project, commit: &str, room: &Path) -> Result<()> {
    let one = build_anew(project, commit, &room.join("a"))?;
    let other = build_anew(
        project,
        commit,
        &room.join("at/a/place/with/a/much/longer/name"),
    )?;
    let mut differ = Vec::new();
    for ((what, one), (_, other)) in one.iter().zip(&other) {
        let (first, second) = (fs::read(one)?, fs::read(other)?);
        match first == second {
            true => println!(
                "{} {} bytes  {}  {what}",
                green("="),
                first.len(),
                digest(project, one)?
            ),
            false => {
                println!(
                    "{} {what}: {} and {} bytes",
                    red("≠"),
                    first.len(),
                    second.len()
                );
                differ.push(*what);
            }
        }
    }
    ensure!(
        differ.is_empty(),
        "two builds of one commit differ in: {}",
        differ.join(" · ")
    );
    Ok(())
}

/// Clones the commit, and gives what was made of it.
fn build_anew(
    project: &Project,
    commit: &str,
    root: &Path,
) -> Result<[(&'static str, PathBuf); 5]> {
    step(&format!("build in {}", root.display()), || {
        let mut clone = project.command("git");
        clone.args(["clone", "--quiet", "--no-hardlinks"]);
        process::run(clone.arg(&project.root).arg(root))?;
        let there = Project {
            root: root.to_owned(),
            target: root.join("target"),
        };
        process::run(
            there
                .command("git")
                .args(["checkout", "--quiet", "--detach", commit]),
        )?;
        let release = pack(&there)?;
        let generated = there.package().join("generated");
        Ok([
            ("the module", package::module(&there)),
            ("the glue", generated.join(format!("{NAME}.js"))),
            ("the module as it is embedded", generated.join("bytes.js")),
            ("the npm tarball", release.npm),
            ("the crate", release.cargo.file),
        ])
    })
}

fn directory(project: &Project) -> PathBuf {
    project.target.join("published")
}

fn version(project: &Project) -> Result<String> {
    let arguments = ["metadata", "--no-deps", "--format-version=1"];
    let metadata: Value = serde_json::from_str(&process::read(project.cargo().args(arguments))?)?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    packages
        .into_iter()
        .flatten()
        .find(|package| package.get("name").and_then(Value::as_str) == Some(NAME))
        .and_then(|package| package.get("version")?.as_str())
        .map(str::to_owned)
        .context("cargo metadata knows no version")
}

fn tag(project: &Project) -> Result<String> {
    Ok(format!("v{}", version(project)?))
}

fn package_manifest(project: &Project) -> Result<Value> {
    Ok(serde_json::from_slice(&fs::read(
        project.package().join("package.json"),
    )?)?)
}

fn changelog(project: &Project) -> Result<()> {
    let text = fs::read_to_string(project.root.join("CHANGELOG.md"))?;
    let version = version(project)?;
    ensure!(
        section(&text, &version).is_some(),
        "CHANGELOG.md has no section [{version}] with a date; `cargo xtask release --changelog` makes it of [Unreleased]"
    );
    Ok(())
}

/// Gives what is unreleased the version's number and today's date.
fn date_changelog(project: &Project) -> Result<()> {
    let path = project.root.join("CHANGELOG.md");
    let today = process::read(project.command("date").args(["-u", "+%F"]))?;
    let version = version(project)?;
    let text = fs::read_to_string(&path)?;
    fs::write(&path, dated(&text, &version, today.trim())?)?;
    println!("CHANGELOG.md has a section for {version}; read it, and commit it");
    Ok(())
}

/// What a changelog says of a version, where it has a date and says something.
fn section<'a>(changelog: &'a str, version: &str) -> Option<&'a str> {
    let (_, rest) = changelog.split_once(&format!("\n## [{version}] - "))?;
    let (_, rest) = rest.split_once('\n')?;
    let text = rest.split("\n## ").next()?.trim();
    (!text.is_empty()).then_some(text)
}

fn dated(changelog: &str, version: &str, date: &str) -> Result<String> {
    ensure!(
        section(changelog, version).is_none(),
        "there is a section [{version}]"
    );
    let unreleased = "\n## [Unreleased]\n";
    let (before, after) = changelog
        .split_once(unreleased)
        .context("there is no section [Unreleased]")?;
    let dated = format!("{before}{unreleased}\n## [{version}] - {date}\n{after}");
    ensure!(section(&dated, version).is_some(), "nothing is unreleased");
    Ok(dated)
}

fn clean(project: &Project) -> Result<()> {
    let changes = git(project, &["status", "--porcelain"])?;
    let count = changes.lines().count();
    ensure!(count == 0, "{count} files differ from the commit");
    Ok(())
}

fn tag_is_free(project: &Project) -> Result<()> {
    let tag = tag(project)?;
    ensure!(
        git(project, &["tag", "--list", &tag])?.is_empty(),
        "{tag} is there"
    );
    if git(project, &["remote"])?
        .lines()
        .any(|remote| remote == "origin")
    {
        let there = git(project, &["ls-remote", "--tags", "origin", &tag])?;
        ensure!(there.is_empty(), "{tag} is there, at origin");
    }
    Ok(())
}

/// npm's statement is bound to the repository that package.json names, and crates.io shows it.
fn repository(project: &Project) -> Result<()> {
    ensure!(
        package_manifest(project)?.get("repository").is_some(),
        "pkg/package.json does not"
    );
    let manifest = fs::read_to_string(project.root.join("Cargo.toml"))?;
    ensure!(manifest.contains("\nrepository = "), "Cargo.toml does not");
    Ok(())
}

/// `npm publish --provenance` takes a CI's identity, which GitHub and GitLab offer in these variables.
fn provenance(_: &Project) -> Result<()> {
    let offered = ["ACTIONS_ID_TOKEN_REQUEST_URL", "SIGSTORE_ID_TOKEN"];
    ensure!(
        offered.iter().any(|name| env::var_os(name).is_some()),
        "this is no CI that offers its identity (OIDC): neither {} is set",
        offered.join(" nor ")
    );
    Ok(())
}

fn token(_: &Project) -> Result<()> {
    let name = "CARGO_REGISTRY_TOKEN";
    ensure!(env::var_os(name).is_some(), "{name} is not set");
    Ok(())
}

fn git(project: &Project, arguments: &[&str]) -> Result<String> {
    let output = process::read(project.command("git").args(arguments))?;
    Ok(output.trim().to_owned())
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGELOG: &str = "# Changelog\n\n## [Unreleased]\n\n- **More.** And more.\n\n## [0.1.0] - 2026-01-02\n\n- All.\n";

    #[test]
    fn what_is_unreleased_gets_number_and_date_and_nothing_is_lost() {
        let text = dated(CHANGELOG, "0.2.0", "2026-03-04").unwrap();
        assert_eq!(
            text,
            "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-03-04\n\n- **More.** And more.\n\n## [0.1.0] - 2026-01-02\n\n- All.\n"
        );
        assert_eq!(section(&text, "0.2.0"), Some("- **More.** And more."));
    }

    #[test]
    fn a_version_is_not_released_twice_and_not_without_a_word() {
        assert!(dated(CHANGELOG, "0.1.0", "2026-03-04").is_err());
        assert!(
            dated(
                "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - x\n",
                "0.2.0",
                "y"
            )
            .is_err()
        );
        assert_eq!(section(CHANGELOG, "0.2.0"), None);
        assert_eq!(section(CHANGELOG, "0.1.0"), Some("- All."));
    }
}
