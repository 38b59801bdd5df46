//! An address on the first line, what session storage says of the sign-in on the second, where it is not what was kept.

use nightlatch::protocol::authorization::{self, Arrival};
use nightlatch::session::{Effect, Output, Settled};
use serde_json::json;
use url::Url;

use crate::door::{CALLBACK, Door};
use crate::kit::{ISSUER, metadata_with, options, plain};
use crate::oracle::{parse, unmarked};

/// What a provider's answer puts into an address.
const ANSWER: [&str; 7] = [
    "code",
    "error",
    "error_description",
    "error_uri",
    "iss",
    "session_state",
    "state",
];

pub(crate) fn run(text: &str) {
    let text = unmarked(text);
    let (address, kept) = text.split_once('\n').unwrap_or((&text, ""));
    read(address);
    clean(address);
    answered(address, kept);
}

/// What is read as an answer is one, to a browser too.
fn read(address: &str) {
    let Ok(Some(arrival)) = Arrival::parse(address, CALLBACK) else {
        return;
    };
    let Ok(there) = Url::parse(address) else {
        return;
    };
    let here = Url::parse(CALLBACK).unwrap();
    assert_eq!((there.origin(), there.path()), (here.origin(), here.path()));
    let one = |name: &str| {
        let mut found = there.query_pairs().filter(|(own, _)| own == name);
        let value = found.next().map(|(_, value)| value.into_owned());
        assert!(found.next().is_none(), "`{name}` stands twice");
        value
    };
    // What is no UTF-8 they repair, and for us it is empty.
    let same = |ours: &str, theirs: &str| ours == theirs || theirs.contains('\u{fffd}');
    assert!(same(&arrival.state, &one("state").expect("a `state`")));
    for named in [false, true] {
        let metadata =
            metadata_with(json!({ "authorization_response_iss_parameter_supported": named }));
        match authorization::response(&arrival, &options(), &metadata) {
            Ok(code) => {
                assert!(!code.reveal().is_empty() && one("error").is_none());
                assert!(same(code.reveal(), &one("code").expect("a `code`")));
                assert!(!format!("{code:?}").contains(code.reveal()) || code.reveal().len() < 11);
                match one("iss") {
                    Some(issuer) => assert_eq!(issuer, ISSUER),
                    None => assert!(!named, "an answer without the `iss` that was promised"),
                }
            }
            Err(error) => {
                let told = plain(&error.to_json());
                for name in ["error", "errorDescription"] {
                    let text = told[name].as_str().unwrap_or_default();
                    assert!(
                        text.len() <= 300 && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
                    );
                }
            }
        }
    }
}

/// A cleaned address is the address without the answer, and with all the rest.
fn clean(address: &str) {
    let cleaned = authorization::cleaned(address);
    assert_eq!(authorization::cleaned(&cleaned), cleaned);
    let (Ok(before), Ok(after)) = (Url::parse(address), Url::parse(&cleaned)) else {
        return;
    };
    // No page stands elsewhere, nor at an address that is repaired.
    if nightlatch::protocol::url::parts(address).is_none() {
        return;
    }
    let kept: Vec<_> = before
        .query_pairs()
        .filter(|(name, _)| !ANSWER.contains(&name.as_ref()))
        .collect();
    assert_eq!(after.query_pairs().collect::<Vec<_>>(), kept);
    assert_eq!(after.fragment(), before.fragment());
    assert_eq!(
        (after.origin(), after.path()),
        (before.origin(), before.path())
    );
}

/// A code is sent only where the answer has the `state` that was kept.
fn answered(address: &str, kept: &str) {
    let mut door = Door::new(json!({}));
    door.start();
    door.settle_all();
    let honest = door.leave();
    if let Some(kept) = parse(kept) {
        door.tamper("sign-in", kept);
    }
    let ours = door.slots.get("sign-in").map(plain);
    let state = ours.as_ref().and_then(|kept| kept["state"].as_str());
    // An input cannot know the state: it says where it stands.
    let address = address.replace("STATE", state.unwrap_or("none"));
    let address = match address.strip_prefix("HONEST") {
        Some(more) => format!("{honest}{more}"),
        None => address,
    };
    door.log.clear();
    let id = door.come_back(&address);
    door.settle_all();
    let exchanged = door.log.iter().any(|output| {
        matches!(output, Output::Perform { effect: Effect::Fetch(request), .. }
            if request.form.as_ref().is_some_and(|form| form.0.reveal().starts_with("grant_type=authorization_code")))
    });
    let signed_in = matches!(door.settled.get(&id), Some(Ok(Settled::SignedIn { .. })));
    if exchanged {
        let there = Url::parse(&address).expect("an address");
        let states: Vec<_> = there
            .query_pairs()
            .filter(|(name, _)| name == "state")
            .collect();
        assert!(matches!(states.as_slice(), [(_, only)] if Some(only.as_ref()) == state));
    }
    assert!(exchanged || !signed_in);
}
