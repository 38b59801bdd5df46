//! What other scripts on the origin say on the channel, a message on each line.

use nightlatch::session::{Change, Effect, Output, Signal, Status};
use serde_json::json;

use crate::door::{Door, What};
use crate::oracle::{json as read, unmarked};

pub(crate) fn run(text: &str) {
    let text = unmarked(text);
    for mut door in [
        Door::signed_in(json!({})),
        signed_out(),
        signing_out(),
        away(),
    ] {
        let shown = door.snapshot.clone();
        let at_rest = (
            door.head.clone(),
            door.shared.sealed.clone(),
            door.share,
            door.slots.clone(),
        );
        for line in text.lines().take(16) {
            let message = read(line);
            let signal = Signal::parse("message", &message);
            assert!(matches!(
                signal,
                Some(Signal::Look | Signal::Acknowledged { .. })
            ));
            door.log.clear();
            door.signal("message", &message);
            // All that a message brings about is a look, and what waits for it.
            for output in &door.log {
                let Output::Perform { effect, .. } = output else {
                    panic!("a message brings about {output:?}");
                };
                assert!(matches!(
                    effect,
                    Effect::Wait(_)
                        | Effect::Commit {
                            change: Change::Look { .. },
                            ..
                        }
                ));
            }
            assert_eq!(door.snapshot, shown);
        }
        // And what is seen is what was there.
        while let Some(at) = door.pending.iter().position(|pending| {
            matches!(&pending.what, What::Commit { plan, .. } if plan.member("looks").is_true())
        }) {
            door.go(at);
        }
        assert!(
            door.snapshot == shown,
            "messages have changed what is shown"
        );
        let now = (
            door.head.clone(),
            door.shared.sealed.clone(),
            door.share,
            door.slots.clone(),
        );
        assert!(now == at_rest, "messages have changed what is kept");
    }
}

fn signed_out() -> Door {
    let mut door = Door::new(json!({}));
    door.start();
    door.settle_all();
    door
}

/// Committed and wiped, and waiting for the network.
fn signing_out() -> Door {
    let mut door = Door::signed_in(json!({}));
    door.log_out(crate::kit::core(json!({ "scope": "provider" })));
    while let Some(at) = door
        .pending
        .iter()
        .position(|pending| !matches!(pending.what, What::Fetch(_) | What::Other("woken")))
    {
        door.go(at);
    }
    assert_eq!(door.status(), Some(Status::SigningOut));
    door
}

/// In the back/forward cache, or frozen.
fn away() -> Door {
    let mut door = Door::signed_in(json!({}));
    door.signal("away", &nightlatch::protocol::Json::Null);
    door
}
