//! A whole page: what its app, its browser, its provider and strangers on its origin do, a word and its object on each line.
//!
//! `go N`, `refuse N`, `say N KIND JSON` and `answer N STATUS BODY` go to the Nth thing that the core waits for, counted round.

use nightlatch::protocol::Json;
use nightlatch::session::{Call, Id, Input, Reply};
use serde_json::json;

use crate::door::Door;
use crate::oracle::{MARK, json as read, parse, tells_no_secret, unmarked};

pub(crate) fn run(text: &str) {
    let text = unmarked(text);
    let mut lines = text.lines();
    let mut door = match lines.next() {
        Some("tab") => Door::new(json!({ "storage": "tab" })),
        Some("memory") => Door::new(json!({ "storage": "memory" })),
        Some("limited") => Door::new(
            json!({ "idleTimeout": 60, "maxSession": 3600, "allowedRedirects": ["https://app.example"] }),
        ),
        Some("signed-in") => Door::signed_in(json!({ "idleTimeout": 60 })),
        _ => Door::new(json!({})),
    };
    for line in lines.take(200) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        act(&mut door, word, rest);
        if door.pending.len() > 64 || plainly_marked(&door) {
            break;
        }
    }
    tells_no_secret(&format!("{:?}", door.machine));
}

fn act(door: &mut Door, word: &str, rest: &str) {
    match word {
        "start" => door.start(),
        "token" => drop(door.call(Call::Token {
            options: object(rest),
        })),
        "login" => drop(door.log_in(object(rest))),
        "logout" => drop(door.log_out(object(rest))),
        "callback" => drop(door.come_back(rest)),
        "return" => {
            if let Some(address) = door.answer() {
                door.come_back(&format!("{address}{rest}"));
            }
        }
        "reload" => door.reload(),
        "later" => {
            door.now = (door.now + rest.parse::<u64>().unwrap_or(0).min(1 << 40)).min(1 << 50)
        }
        "earlier" => door.now = door.now.saturating_sub(rest.parse().unwrap_or(0)),
        "settle" => door.settle_all(),
        "signal" => {
            let (kind, value) = rest.split_once(' ').unwrap_or((rest, ""));
            door.signal(kind, &read(value));
        }
        "write" => {
            let (of, value) = rest.split_once(' ').unwrap_or((rest, ""));
            door.tamper(of, read(value));
        }
        "forge" => forge(door, rest),
        "go" | "refuse" | "say" | "answer" => to_pending(door, word, rest),
        _ => {}
    }
}

/// Something that the core waits for comes to something.
fn to_pending(door: &mut Door, word: &str, rest: &str) {
    let (at, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    if door.pending.is_empty() {
        return;
    }
    let at = at.parse().unwrap_or(0_usize) % door.pending.len();
    match word {
        "go" => door.go(at),
        "refuse" => door.refuse(at),
        _ => {
            let (first, value) = rest.split_once(' ').unwrap_or((rest, ""));
            let reply = match word {
                "say" => Reply::parse(first, &read(value), &parse),
                _ => door.answered(first.parse().unwrap_or(200), "valid", value),
            };
            let (id, part) = (door.pending[at].id, door.pending[at].part);
            if let Some(reply) = reply
                && door.tell(Input::Reply { id, part, reply }).is_ok()
            {
                door.pending.remove(at.min(door.pending.len() - 1));
            }
        }
    }
}

/// A reply that nothing asked for, as `ID PART KIND JSON`.
fn forge(door: &mut Door, rest: &str) {
    let mut words = rest.splitn(4, ' ');
    let mut next = || words.next().unwrap_or_default();
    let id: Id = next().parse().unwrap_or(0);
    let part = next().parse().unwrap_or(0);
    if let Some(reply) = Reply::parse(next(), &read(next()), &parse) {
        let _ = door.tell(Input::Reply { id, part, reply });
    }
}

fn object(text: &str) -> Json {
    match read(text) {
        json @ Json::Object(_) => json,
        _ => Json::Null,
    }
}

/// Whether an input has written a mark by an escape: then nothing can be told by it.
fn plainly_marked(door: &Door) -> bool {
    door.slots
        .get("sign-out")
        .is_some_and(|json| crate::kit::plain(json).to_string().contains(MARK))
}
