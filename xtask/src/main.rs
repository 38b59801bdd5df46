//! One place for how nightlatch is worked on: `cargo xtask help` lists the verbs.

mod bindgen;
mod browsers;
mod check;
mod demo;
mod docs;
mod embed;
mod example;
mod fuzz;
mod geckodriver;
mod glue;
mod npm;
mod package;
mod process;
mod project;
mod release;
mod requirements;
mod shorten;
mod sizes;
mod snippet;
mod step;
mod tally;
mod test;
mod toolchain;
mod wasm_test_runner;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::project::Project;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let verb = arguments.next().unwrap_or_else(|| "help".to_owned());
    let arguments: Vec<String> = arguments.collect();
    match dispatch(&verb, &arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{}: {error:#}", step::red("error"));
            match process::interrupted() {
                true => ExitCode::from(130),
                false => ExitCode::FAILURE,
            }
        }
    }
}

fn dispatch(verb: &str, arguments: &[String]) -> Result<()> {
    match verb {
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            return Ok(());
        }
        // Called by cargo for each wasm32 test binary, inside `cargo xtask test`.
        "wasm-test-runner" => return wasm_test_runner::run(arguments),
        _ => {}
    }
    let project = Project::find()?;
    process::watch()?;
    let result = match verb {
        "build" => package::verb(&project, arguments),
        "check" => check::verb(&project, arguments),
        "demo" => demo::verb(&project, arguments),
        "docs" => docs::verb(&project, arguments),
        "example" => example::verb(&project, arguments),
        "fuzz" => fuzz::verb(&project, arguments),
        "release" => release::verb(&project, arguments),
        "test" => test::verb(&project, arguments),
        _ => bail!("there is no verb `{verb}`\n\n{HELP}"),
    };
    process::sweep();
    result
}

const HELP: &str = "\
cargo xtask <verb>

  build [--dev]      make the npm package in pkg/ and print its size
                     --dev: quickly, with names and checks, for debugging

  demo [options]     build, then serve the demo with its real provider;
                     options go to www/demo.mjs

  test [part…]       prove it; all parts unless some are named:
                       host      the core, on this machine
                       browser   the browser adapters, in headless Chromium
                       fuzz      what comes from outside, for a moment
                       www       the demo's own modules
                       e2e       the promise: real provider, real browsers
                       package   the packed tarball, as its users install it
                       rust      the packed crate, as apps in Rust use it
    --browsers=a,b   for e2e: chromium, firefox (these two by default), webkit
    -- options       for the runner of the one part that is named

  fuzz [target…]     fuzz what comes from outside, each target in turn;
                     all of fuzz/corpus unless some are named
    --minutes N      how long each, 10 by default

  check              what must hold of every commit: format, lints, docs and
                     their code, types, purity, lock files, size budget

  docs               make the pages in docs/ that are made of data, and the site
                     of all pages in target/docs

  example            build the app in examples/yew against the packed crate

  release            publish, where every condition for it holds
    --changelog      make a section for the version of what is unreleased
    --dry-run        all but the publishing: what would go out, with hashes
    --reproduce      build the commit twice, in two places, and compare

  help               this

What is missing is installed where that is possible (rustup target and sources,
npm packages, browsers where apt and root allow); otherwise the one command
that installs it is printed.
";
