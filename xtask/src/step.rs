//! What is printed while work is under way.

use std::env;
use std::io::{IsTerminal, stdout};
use std::time::{Duration, Instant};

use anyhow::Result;

/// Says what is done, does it, and says how long it took.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("{}", bold(&format!("▸ {what}")));
    let start = Instant::now();
    let result = work();
    let time = seconds(start.elapsed());
    match &result {
        Ok(_) => println!("{} {what} ({time})", green("✓")),
        Err(_) => println!("{} {what} ({time})", red("✗")),
    }
    result
}

/// `4.2 s`, `3 min 07 s`.
pub(crate) fn seconds(time: Duration) -> String {
    let total = time.as_secs();
    match total {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        _ => format!("{} min {:02} s", total / 60, total % 60),
    }
}

pub(crate) fn bold(text: &str) -> String {
    colour("1", text)
}

pub(crate) fn green(text: &str) -> String {
    colour("32", text)
}

pub(crate) fn red(text: &str) -> String {
    colour("31", text)
}

pub(crate) fn yellow(text: &str) -> String {
    colour("33", text)
}

fn colour(code: &str, text: &str) -> String {
    match stdout().is_terminal() && env::var_os("NO_COLOR").is_none() {
        true => format!("\x1b[{code}m{text}\x1b[0m"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_times_are_given_in_minutes() {
        assert_eq!(seconds(Duration::from_millis(4_249)), "4.2 s");
        assert_eq!(seconds(Duration::from_secs(187)), "3 min 07 s");
    }
}
