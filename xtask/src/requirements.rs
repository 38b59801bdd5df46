//! The rules of the standards, and the tests that prove them.
//!
//! A test says which rules it proves: in its name (`tests/e2e`) or in a comment (Rust). `tests/requirements.json` says
//! which rules there are, and of those without a test why they need none, or that they are open.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};

use crate::project::Project;

/// Fails where a rule has neither a test nor a reason, or both.
pub(crate) fn check(project: &Project) -> Result<()> {
    let known: Value =
        serde_json::from_slice(&fs::read(project.root.join("tests/requirements.json"))?)?;
    let part = |name: &str| {
        let part = known.get(name).and_then(Value::as_object);
        part.with_context(|| format!("tests/requirements.json has no object `{name}`"))
    };
    let (families, without, open) = (part("families")?, part("without")?, part("open")?);
    let tests = named(project)?;

    let mut wrong = Vec::new();
    let mut rules = 0;
    for (family, last) in families {
        for number in 1..=last.as_u64().context("how many rules a family has")? {
            rules += 1;
            let id = format!("{family}-{number}");
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
        let (family, number) = id.rsplit_once('-')?;
        let number: u64 = number.parse().ok()?;
        Some((1..=families.get(family)?.as_u64()?).contains(&number))
    };
    for id in without.keys().chain(open.keys()).chain(tests.keys()) {
        if is_rule(id) != Some(true) {
            let place = tests
                .get(id)
                .map_or("tests/requirements.json", String::as_str);
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

/// How many there are. Each has to be a text.
fn reasons(part: &Map<String, Value>) -> Result<usize> {
    for (id, reason) in part {
        let text = reason.as_str().unwrap_or_default();
        ensure!(text.len() > 3, "{id} has no reason");
    }
    Ok(part.len())
}

/// Each rule that a test names, with one of the files that do.
fn named(project: &Project) -> Result<BTreeMap<String, String>> {
    let mut named = BTreeMap::new();
    let rust = project.files("tests", &[".rs"]);
    for file in rust
        .into_iter()
        .chain(project.files("tests", &[".test.mjs"]))
    {
        let text = fs::read_to_string(&file)?;
        let place = file
            .strip_prefix(&project.root)
            .unwrap_or(&file)
            .display()
            .to_string();
        for line in text.lines().map(str::trim_start) {
            // Elsewhere such letters may be anything.
            if line.starts_with("//") || line.starts_with("test(") {
                for word in
                    line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-')
                {
                    if is_id(word) {
                        named
                            .entry(word.to_owned())
                            .or_insert_with(|| place.clone());
                    }
                }
            }
        }
    }
    Ok(named)
}

/// Whether it is of the form `TOK-12`.
fn is_id(word: &str) -> bool {
    word.split_once('-').is_some_and(|(family, number)| {
        family.len() > 1
            && family != "UTF"
            && family.bytes().all(|letter| letter.is_ascii_uppercase())
            && number.len() < 3
            && number.parse().is_ok_and(|number: u8| number > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_from_other_words() {
        assert!(is_id("TOK-1") && is_id("RS-16"));
        for word in [
            "TOK-", "TOK-0", "tok-1", "TOK-1a", "TOK-123", "T-1", "UTF-8", "TOK",
        ] {
            assert!(!is_id(word), "{word}");
        }
    }
}
