//! The closed set of error codes, which Rust, `index.d.ts` and the README hold in common.

use std::collections::BTreeSet;

use nightlatch::protocol::{Code, Error, Kind};

fn file(path: &str) -> String {
    let whole = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&whole).unwrap_or_else(|error| panic!("{whole}: {error}"))
}

fn ours() -> BTreeSet<String> {
    Code::ALL
        .iter()
        .map(|code| code.as_str().to_owned())
        .collect()
}

/// The strings of a union type.
fn union(name: &str) -> BTreeSet<String> {
    let declarations = file("pkg/index.d.ts");
    let (_, after) = declarations
        .split_once(&format!("export type {name} ="))
        .unwrap_or_else(|| panic!("no {name}"));
    let (union, _) = after.split_once(';').unwrap();
    union
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_code_is_said_once() {
    assert_eq!(ours().len(), Code::ALL.len());
}

#[test]
fn index_d_ts_has_the_same_codes() {
    assert_eq!(union("AuthErrorCode"), ours());
}

#[test]
fn index_d_ts_groups_each_code_under_its_kind() {
    let declarations = file("pkg/index.d.ts");
    let (_, after) = declarations
        .split_once("export type AuthErrorCode =")
        .unwrap();
    let (union, _) = after.split_once(';').unwrap();
    let mut kind = "";
    let mut seen = 0;
    for line in union.lines().map(str::trim) {
        if let Some(comment) = line.strip_prefix("// ") {
            kind = comment;
        } else if let Some(text) = line.split('"').nth(1) {
            let code = Code::ALL
                .iter()
                .find(|code| code.as_str() == text)
                .unwrap_or_else(|| panic!("no {text}"));
            assert_eq!(code.kind().as_str(), kind, "{text}");
            seen += 1;
        }
    }
    assert_eq!(seen, Code::ALL.len());
}

#[test]
fn index_d_ts_has_the_same_kinds() {
    let kinds = [
        Kind::Environment,
        Kind::Security,
        Kind::Server,
        Kind::Transport,
        Kind::Usage,
    ];
    assert_eq!(
        union("AuthErrorKind"),
        kinds.map(|kind| kind.as_str().to_owned()).into()
    );
    // None that no code has.
    let used: BTreeSet<_> = Code::ALL.iter().map(|code| code.kind().as_str()).collect();
    assert_eq!(used, kinds.map(Kind::as_str).into());
}

#[test]
fn the_readme_explains_each_code_and_no_other() {
    let readme = file("README.md");
    let rows: Vec<_> = readme
        .lines()
        .filter_map(|line| {
            line.strip_prefix("| `")?
                .split_once("` |")
                .map(|(code, _)| code.to_owned())
        })
        .collect();
    for code in ours() {
        assert_eq!(
            rows.iter().filter(|row| **row == code).count(),
            1,
            "`{code}` in README.md"
        );
    }
    let words = |row: &&String| {
        row.contains('_')
            && row
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    for row in rows.iter().filter(words) {
        assert!(
            ours().contains(row),
            "README.md explains `{row}`, which is no code"
        );
    }
}

#[test]
fn an_error_shows_its_message_and_nothing_else() {
    let error = Error::new(Code::LoginRequired, "nobody is signed in");
    assert_eq!(error.to_string(), "nobody is signed in");
    assert_eq!(
        (error.code, error.message),
        (Code::LoginRequired, "nobody is signed in")
    );
}
