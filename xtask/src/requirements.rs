//! The rules of the standards, the attacks on a client, and the tests that prove them.
//!
//! A test says which rules it proves: in its name (`tests/e2e`) or in a comment (Rust). `tests/requirements.json` says
//! which rules there are, and of those without a test why they need none, or that they are open. Attacks are rules too:
//! family `A`, whose ids are written `A7`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};

use crate::project::Project;

/// Fails where a rule has neither a test nor a reason, or both.
pub(crate) fn check(project: &Project) -> Result<()> {
    let known = known(project)?;
    let [families, without, open] = parts(&known)?;
    let tests = named(project)?;

    let mut wrong = Vec::new();
    let mut rules = 0;
    for (family, last) in families {
        for number in 1..=last.as_u64().context("how many rules a family has")? {
            rules += 1;
            let id = id(family, number);
            let places = [
                tests.contains_key(&id),
                without.contains_key(&id),
                open.contains_key(&id),
            ];
            match places.iter().filter(|is_there| **is_there).count() {
                1 => {}
                0 => wrong.push(format!(
                    "{id} has no test, and tests/requirements.json no reason"
                )),
                _ => wrong.push(format!(
                    "{id} has a test and a reason for having none, or two reasons"
                )),
            }
        }
    }
    let is_rule = |id: &str| {
        let (family, number) = split(id)?;
        Some((1..=families.get(family)?.as_u64()?).contains(&number))
    };
    for id in without.keys().chain(open.keys()).chain(tests.keys()) {
        if is_rule(id) != Some(true) {
            let test = tests.get(id).and_then(|tests| tests.first());
            let place = test.map_or("tests/requirements.json", |test| test.file.as_str());
            wrong.push(format!("{id} is no rule ({place})"));
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n  "));
    println!(
        "  {rules} rules: {} have tests, {} need none, {} are open",
        tests.len(),
        reasons(without)?,
        reasons(open)?,
    );
    Ok(())
}

fn known(project: &Project) -> Result<Value> {
    let text = fs::read(project.root.join("tests/requirements.json"))?;
    Ok(serde_json::from_slice(&text)?)
}

/// Which rules there are, those that need no test, and those that are open.
fn parts(known: &Value) -> Result<[&Map<String, Value>; 3]> {
    let part = |name: &str| {
        let part = known.get(name).and_then(Value::as_object);
        part.with_context(|| format!("tests/requirements.json has no object `{name}`"))
    };
    Ok([part("families")?, part("without")?, part("open")?])
}

/// How many there are. Each has to be a text.
fn reasons(part: &Map<String, Value>) -> Result<usize> {
    for (id, reason) in part {
        let text = reason.as_str().unwrap_or_default();
        ensure!(text.len() > 3, "{id} has no reason");
    }
    Ok(part.len())
}

/// The tests that name a rule.
type Tests = Vec<Test>;

/// A test by its name, and the file that it stands in.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
struct Test {
    file: String,
    name: String,
}

/// Each rule that a test names.
fn named(project: &Project) -> Result<BTreeMap<String, Tests>> {
    let mut named: BTreeMap<String, Tests> = BTreeMap::new();
    let rust = project.files("tests", &[".rs"]);
    for path in rust
        .into_iter()
        .chain(project.files("tests", &[".test.mjs"]))
    {
        let text = fs::read_to_string(&path)?;
        let file = path.strip_prefix(&project.root).unwrap_or(&path);
        let file = file.display().to_string();
        let mut name = String::new();
        for line in text.lines().map(str::trim_start) {
            if let Some(title) = title(line) {
                name = title;
            }
            // Elsewhere such letters may be anything.
            if !["//", "test(", "await t.test("]
                .iter()
                .any(|start| line.starts_with(start))
            {
                continue;
            }
            let words = line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
            for word in words.filter(|word| is_id(word)) {
                let (file, name) = (file.clone(), name.clone());
                named
                    .entry(word.to_owned())
                    .or_default()
                    .push(Test { file, name });
            }
        }
    }
    for tests in named.values_mut() {
        tests.sort();
        tests.dedup();
        // What a file says of itself counts where no test of it does.
        if tests.iter().any(|test| !test.name.is_empty()) {
            tests.retain(|test| !test.name.is_empty());
        }
    }
    Ok(named)
}

/// The name of the test that begins in this line: a function in Rust, a text in JavaScript.
fn title(line: &str) -> Option<String> {
    if let Some((_, function)) = line.split_once("fn ") {
        let (name, _) = function.split_once('(')?;
        return Some(name.replace('_', " "));
    }
    let (_, call) = line.split_once("test(")?;
    let quote = call
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '`'))?;
    let (title, _) = call.get(1..)?.split_once(quote)?;
    let rule = title.split(' ').skip_while(|word| is_id(word));
    Some(rule.collect::<Vec<_>>().join(" "))
}

/// The page on which each rule stands with its tests, or with why it has none.
pub(crate) fn page(project: &Project) -> Result<String> {
    let known = known(project)?;
    let [families, without, open] = parts(&known)?;
    let tests = named(project)?;
    let mut page = HEAD.to_owned();
    for (family, last) in families {
        write!(
            page,
            "\n## {family}\n\n| rule | what proves it |\n|---|---|\n"
        )?;
        for number in 1..=last.as_u64().unwrap_or_default() {
            let id = id(family, number);
            let reason = |part: &Map<String, Value>| Some(part.get(&id)?.as_str()?.to_owned());
            let proof = if let Some(reason) = reason(without) {
                format!("none: {reason}")
            } else if let Some(reason) = reason(open) {
                format!("**open** ({reason})")
            } else {
                let tests = tests.get(&id).into_iter().flatten();
                let lines = tests.map(|Test { file, name }| format!("{name} (`{file}`)"));
                lines.collect::<Vec<_>>().join("<br>")
            };
            writeln!(page, "| {id} | {} |", proof.replace('|', "\\|"))?;
        }
    }
    Ok(page)
}

const HEAD: &str = "\
# Rules and their tests

What a client has to do by the standards, rule by rule, and the attacks that it has to withstand (A1 to A37), each with the tests that name it.
A test's name says the rule. This page is generated from the tests and `tests/requirements.json`: run `cargo xtask docs`.

AUTHZ: the authorization request. DISC: discovery. RESP: its answer. TOK: the token endpoint. IDT: the ID token. DPOP: bound tokens. RS: calls of an API.
REV: revocation. LOUT: RP-initiated logout. FCL, BCL: front- and back-channel logout. GTR: global token revocation. SESS: session management.
SILENT: `prompt=none`. STO: storage. TAB: several tabs. WEB: the browser. ARCH: what documentation has to say.
";

/// The id of a rule: `TOK-12`, or `A12` of a family that is one letter.
fn id(family: &str, number: u64) -> String {
    let joint = if family.len() > 1 { "-" } else { "" };
    format!("{family}{joint}{number}")
}

/// Family and number of an id.
fn split(word: &str) -> Option<(&str, u64)> {
    let (family, number) = match word.strip_prefix('A') {
        Some(number) if number.starts_with(|letter: char| letter.is_ascii_digit()) => ("A", number),
        _ => word
            .split_once('-')
            .filter(|(family, _)| family.len() > 1)?,
    };
    let number = number
        .parse()
        .ok()
        .filter(|number| (1..100).contains(number))?;
    Some((family, number))
}

fn is_id(word: &str) -> bool {
    split(word).is_some_and(|(family, number)| {
        family != "UTF"
            && family.bytes().all(|letter| letter.is_ascii_uppercase())
            && id(family, number) == word
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_from_other_words() {
        assert!(is_id("TOK-1") && is_id("RS-16") && is_id("A1") && is_id("A37"));
        for word in [
            "TOK-", "TOK-0", "TOK-01", "tok-1", "TOK-1a", "TOK-123", "T-1", "UTF-8", "TOK", "A",
            "A0", "A-1", "A1a", "A01", "A256GCM", "B1",
        ] {
            assert!(!is_id(word), "{word}");
        }
    }
}
