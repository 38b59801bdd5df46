//! The rules of the standards, the attacks on a client, and the tests that prove them.
//!
//! A test says which rules it proves: in its name (`tests/e2e`) or in a comment (Rust). `tests/requirements.json` says
//! which rules there are, and of those without a test why they need none, or that they are open. Attacks are rules too:
//! family `A`, whose ids are written `A7`.

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
            if ["//", "test(", "await t.test("]
                .iter()
                .any(|start| line.starts_with(start))
            {
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
