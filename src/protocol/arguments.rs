//! What an app passes as options, read one by one.

use super::options::invalid;
use super::{Error, Json, Result, url};

/// A reader of options. The first that is wrong is remembered; what is wrong counts as absent, so that
/// reading goes on in a straight line.
#[derive(Debug)]
pub(crate) struct Arguments<'a> {
    json: &'a Json,
    fault: Option<Error>,
}

impl<'a> Arguments<'a> {
    pub(crate) fn new(json: &'a Json) -> Self {
        Self { json, fault: None }
    }

    /// Whatever it is.
    pub(crate) fn member(&self, name: &str) -> &'a Json {
        self.json.member(name)
    }

    /// A string; `None` where there is none.
    pub(crate) fn text(&mut self, name: &str, fault: &'static str) -> Option<&'a str> {
        let json = self.json.member(name);
        if !json.is_null() && json.text().is_none() {
            self.refuse(fault);
        }
        json.text()
    }

    /// A boolean; `false` where there is none. The rule names it.
    pub(crate) fn flag(&mut self, rule: &'static str) -> bool {
        let json = self.json.member(name(rule));
        if !matches!(json, Json::Null | Json::Bool(_)) {
            self.refuse(rule);
        }
        json.is_true()
    }

    /// The items of a list; none where there is none.
    pub(crate) fn items(&mut self, name: &str, fault: &'static str) -> &'a [Json] {
        let json = self.json.member(name);
        if !matches!(json, Json::Null | Json::Array(_)) {
            self.refuse(fault);
        }
        json.items()
    }

    /// A duration, given in seconds, in milliseconds.
    pub(crate) fn duration(&mut self, name: &str, default_ms: u64) -> u64 {
        match self.json.member(name) {
            Json::Null => default_ms,
            Json::Number(seconds) if (0.0..=31_536_000.0).contains(seconds) => {
                (seconds * 1000.0) as u64
            }
            _ => {
                self.refuse("a duration is a number of seconds");
                0
            }
        }
    }

    /// One of several words: which. `None` where there is none. The rule names the option and quotes the words.
    pub(crate) fn word(&mut self, rule: &'static str) -> Option<usize> {
        let text = self.text(name(rule), rule)?;
        for (at, piece) in url::words(rule, b'"').enumerate() {
            if at % 2 == 1 && piece == text.as_bytes() {
                return Some(at / 2);
            }
        }
        self.refuse(rule);
        None
    }

    /// Further parameters of a request, under names that are not `reserved` and not there yet. A list gives one for each of
    /// its items: RFC 8707 §2 has `resource` stand several times.
    pub(crate) fn parameters(&mut self, reserved: &[&str], parameters: &mut Vec<(String, String)>) {
        for (name, value) in self.json.member("extraParams").members() {
            let taken =
                reserved.contains(&name.as_str()) || parameters.iter().any(|(own, _)| own == name);
            let values = match value {
                Json::Array(values) => values,
                _ => core::slice::from_ref(value),
            };
            for value in values {
                match value.text() {
                    Some(value) if !taken => parameters.push((name.clone(), value.to_owned())),
                    _ => {
                        self.refuse("`extraParams` holds strings, under names of its own");
                    }
                }
            }
        }
    }

    /// What may have failed.
    pub(crate) fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.fail(error);
                None
            }
        }
    }

    /// An option is wrong.
    pub(crate) fn refuse(&mut self, fault: &'static str) {
        self.fail(invalid(fault));
    }

    /// Whether all was right.
    pub(crate) fn end(self) -> Result<()> {
        self.fault.map_or(Ok(()), Err)
    }

    fn fail(&mut self, error: Error) {
        self.fault.get_or_insert(error);
    }
}

/// What stands in backticks.
fn name(rule: &str) -> &str {
    let (_, rest) = url::split(rule, b'`');
    url::split(rest.unwrap_or_default(), b'`').0
}
