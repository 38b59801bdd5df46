//! Counts the tests that a runner says it ran.

/// Tests that passed, failed, and were left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    /// Sums the closing lines of libtest and wasm-bindgen-test.
    pub(crate) fn of_cargo(output: &str) -> Option<Self> {
        let mut tally = None;
        for line in output.lines() {
            let Some((_, counts)) = line.split_once("test result: ") else {
                continue;
            };
            let sum: &mut Self = tally.get_or_insert_default();
            sum.passed += before(counts, " passed")?;
            sum.failed += before(counts, " failed")?;
            sum.skipped += before(counts, " ignored")?;
        }
        tally
    }

    /// Reads the closing lines of Node's test runner in the TAP format.
    pub(crate) fn of_tap(output: &str) -> Option<Self> {
        let count = |name: &str| {
            output
                .lines()
                .rev()
                .find_map(|line| line.strip_prefix("# ")?.strip_prefix(name))
                .and_then(|number| number.trim().parse::<u64>().ok())
        };
        Some(Self {
            passed: count("pass ")?,
            failed: count("fail ")? + count("cancelled ")?,
            skipped: count("skipped ")? + count("todo ")?,
        })
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        match self.skipped {
            0 => Ok(()),
            skipped => write!(f, ", {skipped} skipped"),
        }
    }
}

/// The number that stands before a word: `12` for ` passed` in `ok. 12 passed; 0 failed`.
fn before(text: &str, word: &str) -> Option<u64> {
    let (head, _) = text.split_once(word)?;
    let number = head.rsplit(|c: char| !c.is_ascii_digit()).next()?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_binary_counts() {
        let output = "\
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s
noise
test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s
";
        let tally = Tally::of_cargo(output).unwrap();
        assert_eq!(tally.to_string(), "15 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn output_without_a_result_counts_nothing() {
        assert_eq!(Tally::of_cargo("error: could not compile"), None);
        assert_eq!(Tally::of_tap("ok 1 - a test"), None);
    }

    #[test]
    fn a_cancelled_test_is_a_failed_one() {
        let output = "1..9\n# tests 9\n# suites 0\n# pass 5\n# fail 1\n# cancelled 1\n# skipped 2\n# todo 0\n# duration_ms 1.5\n";
        let tally = Tally::of_tap(output).unwrap();
        assert_eq!(tally.to_string(), "5 passed, 2 failed, 2 skipped");
    }
}
