//! Short names between the module and its glue.
//!
//! wasm-bindgen names what they exchange by path and hash, up to hundreds of letters each, once in the module and once
//! in the glue, and no minifier may touch a property's name. Nobody reads these names.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};

/// New names for what the module imports and exports.
#[derive(Debug, Default)]
pub(crate) struct Names {
    modules: BTreeMap<String, String>,
    imports: BTreeMap<String, String>,
    exports: BTreeMap<String, String>,
}

impl Names {
    /// The name of the module to import from in place of `name`. What is not the glue keeps its name, so that it shows.
    pub(crate) fn module(&mut self, name: &str) -> String {
        match name.strip_prefix("./") {
            Some(file) => format!("./{}", give(&mut self.modules, file)),
            None => name.to_owned(),
        }
    }

    /// The name to import by in place of `name`.
    pub(crate) fn import(&mut self, name: &str) -> String {
        give(&mut self.imports, name)
    }

    /// The name to export by in place of `name`.
    pub(crate) fn export(&mut self, name: &str) -> String {
        give(&mut self.exports, name)
    }

    /// Puts the new names into the glue. Fails where it does not have the form that is known here.
    pub(crate) fn apply(&self, glue: &str) -> Result<String> {
        let mut glue = glue.to_owned();
        for (old, new) in &self.modules {
            let (text, count) = replace(&glue, "\"./", old, "\": import", new);
            ensure!(
                count == 1,
                "the glue offers `{old}` {count} times, not once"
            );
            glue = text;
        }
        for (old, new) in &self.imports {
            let (text, count) = replace(&glue, "", old, ": function(", new);
            ensure!(
                count == 1,
                "the glue offers `{old}` {count} times, not once"
            );
            glue = text;
        }
        for (old, new) in &self.exports {
            let (text, count) = replace(&glue, "wasm.", old, "", new);
            ensure!(count > 0, "the glue does not use the module's `{old}`");
            glue = text;
        }
        Ok(glue)
    }
}

/// Whether the glue uses the module's export of this name.
pub(crate) fn uses(glue: &str, export: &str) -> bool {
    replace(glue, "wasm.", export, "", "").1 > 0
}

/// A name of its own for each: `a` to `z`, `A` to `Z`, then with more letters.
fn give(names: &mut BTreeMap<String, String>, name: &str) -> String {
    let mut number = names.len();
    names
        .entry(name.to_owned())
        .or_insert_with(|| {
            let mut text = String::new();
            loop {
                text.extend(LETTERS.chars().nth(number % LETTERS.len()));
                match (number / LETTERS.len()).checked_sub(1) {
                    Some(rest) => number = rest,
                    None => break text,
                }
            }
        })
        .clone()
}

/// Replaces `old` between `before` and `after` wherever it is a whole word; says how often.
fn replace(text: &str, before: &str, old: &str, after: &str, new: &str) -> (String, usize) {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let pattern = format!("{before}{old}{after}");
    let mut result = String::with_capacity(text.len());
    let (mut rest, mut count) = (text, 0);
    while let Some((head, tail)) = rest.split_once(&pattern) {
        result.push_str(head);
        let inside = result.ends_with(word) || (after.is_empty() && tail.starts_with(word));
        let name = if inside { old } else { new };
        count += usize::from(!inside);
        result.extend([before, name, after]);
        rest = tail;
    }
    result.push_str(rest);
    (result, count)
}

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_replaced() {
        let mut names = Names::default();
        names.import("__wbg_call_1");
        names.export("client_new");
        let glue = "\
__wbg_call_1: function() { wasm.client_new(); },
__wbg___wbg_call_1: function() { wasm.client_new_with(); },";
        let short = "\
a: function() { wasm.a(); },
__wbg___wbg_call_1: function() { wasm.client_new_with(); },";
        assert_eq!(names.apply(glue).unwrap(), short);
    }

    #[test]
    fn a_glue_of_another_form_is_refused() {
        let mut names = Names::default();
        names.import("gone");
        assert!(names.apply("nothing").is_err());
        let mut names = Names::default();
        names.export("gone");
        assert!(names.apply("wasm.gone_too()").is_err());
    }

    #[test]
    fn names_differ_beyond_the_alphabet() {
        let mut names = Names::default();
        let mut given: Vec<String> = (0..3000).map(|n| names.export(&n.to_string())).collect();
        assert_eq!(given[51..54], ["Z", "aa", "ba"]);
        given.sort();
        given.dedup();
        assert_eq!(given.len(), 3000);
    }
}
