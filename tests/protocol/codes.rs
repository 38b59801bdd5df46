//! The closed set of error codes, which Rust, `index.d.ts` and the README hold in common.

use std::collections::BTreeSet;

use nightlatch::protocol::{Code, Error, Kind};

fn file(path: &str) -> String {
    let whole = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&whole).unwrap_or_else(|error| panic!("{whole}: {error}"))
}

/// The files under a folder whose names end so, with what is written in them. What is generated is nobody's writing.
fn files(folder: &str, end: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let whole = format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(whole).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            if !path.ends_with("/generated") {
                found.append(&mut files(&path, end));
            }
        } else if path.ends_with(end) {
            let text = file(&path);
            found.push((path, text));
        }
    }
    found
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
    let codes: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes.len(), Code::ALL.len());
}

/// The codes of `index.d.ts`, each with the kind that it stands under.
fn declared() -> Vec<(String, String)> {
    let declarations = file("pkg/index.d.ts");
    let (_, after) = declarations
        .split_once("export interface AuthErrorCodes {")
        .unwrap();
    let (members, _) = after.split_once("\n}").unwrap();
    let mut kind = "";
    let mut declared = Vec::new();
    for line in members.lines().map(str::trim) {
        let (name, codes) = line.split_once(':').unwrap_or(("", line));
        if !name.is_empty() {
            kind = name;
        }
        for code in codes.split('"').skip(1).step_by(2) {
            declared.push((code.to_owned(), kind.to_owned()));
        }
    }
    declared
}

#[test]
fn index_d_ts_has_the_same_codes_each_under_its_kind() {
    let ours = |code: &Code| (code.as_str().to_owned(), code.kind().as_str().to_owned());
    let codes: Vec<_> = Code::ALL.iter().map(ours).collect();
    assert_eq!(declared(), codes);
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
fn the_readme_says_of_each_code_and_no_other_what_it_means_and_what_to_do() {
    let readme = file("README.md");
    let (_, table) = readme
        .split_once("| code | kind | what it means | what to do |")
        .unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let mut explained = Vec::new();
    for row in table.lines().skip(2) {
        let cells: Vec<_> = row
            .trim_matches('|')
            .split(" | ")
            .map(|cell| cell.trim_matches([' ', '|']))
            .collect();
        let [code, kind, meaning, what_to_do] = cells[..] else {
            panic!("{row}");
        };
        let code = code.trim_matches('`');
        let known = Code::ALL.iter().find(|known| known.as_str() == code);
        let known =
            known.unwrap_or_else(|| panic!("README.md explains `{code}`, which is no code"));
        assert_eq!(known.kind().as_str(), kind, "{code}");
        assert!(meaning.len() > 20 && what_to_do.len() > 10, "{row}");
        explained.push(code);
    }
    // In the order of the documentation, each once.
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(explained, codes);
}

/// What the package's scripts raise themselves, entries and all: `new AuthError("code", "kind", …`.
fn raised() -> Vec<(String, String, String)> {
    let mut raised = Vec::new();
    for (path, script) in files("pkg", ".js") {
        for call in script.split("new AuthError(").skip(1) {
            let call = call.split_once(')').unwrap().0;
            // What another page or the core has said is passed on under its own code.
            if call.starts_with("code,") {
                continue;
            }
            let words: Vec<_> = call.split('"').collect();
            raised.push((path.clone(), words[1].to_owned(), words[3].to_owned()));
        }
        // By `pkg/discovery.js`, for what a server refuses.
        for call in script.split(" refused(\"").skip(1) {
            let code = call.split_once('"').unwrap().0;
            raised.push((path.clone(), code.to_owned(), "server".to_owned()));
        }
    }
    raised
}

#[test]
fn what_the_scripts_raise_is_a_code_of_the_set_under_its_kind() {
    let raised = raised();
    for (path, code, kind) in &raised {
        let known = Code::ALL.iter().find(|known| known.as_str() == code);
        let known = known.unwrap_or_else(|| panic!("{path} raises `{code}`, which is no code"));
        assert_eq!(known.kind().as_str(), kind, "{path}: {code}");
    }
    assert!(raised.len() >= 6, "{raised:?}");
}

#[test]
fn every_code_is_raised_somewhere() {
    let core: String = files("src", ".rs").into_iter().map(|file| file.1).collect();
    let raised = raised();
    for code in Code::ALL {
        let in_core = core.contains(&format!("Code::{code:?}"));
        let in_scripts = raised.iter().any(|(_, raised, _)| raised == code.as_str());
        assert!(in_core || in_scripts, "nothing raises `{}`", code.as_str());
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
