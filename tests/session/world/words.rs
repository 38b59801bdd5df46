//! Names for what happens.

use nightlatch::session::{Change, Effect, Event, Message, Output, Settled, Slot};

use crate::provider::{describe, plain};

/// Names things so that a list of them reads like the conversation that it is.
pub(super) fn word_of(change: &Change) -> &'static str {
    match change {
        Change::Confirm { .. } => "Confirm",
        Change::End => "End",
        Change::EndAtProvider => "EndAtProvider",
        Change::EndOwn => "EndOwn",
        Change::Install { .. } => "Install",
        Change::Invalidate { .. } => "Invalidate",
        Change::Look { .. } => "Look",
        Change::Open => "Open",
        Change::Redeem { .. } => "Redeem",
        Change::Release { .. } => "Release",
        Change::Remain { .. } => "Remain",
        Change::Renew { .. } => "Renew",
        Change::Reserve { .. } => "Reserve",
        Change::Touch { idle_ms: 0, .. } => "Touch",
        Change::Touch { .. } => "Touch actively",
    }
}

/// An effect, in words.
pub(super) fn words_of(effect: &Effect) -> String {
    match effect {
        Effect::Commit { change, .. } => format!("commit {}", word_of(change)),
        Effect::Digest(_) => "digest".to_owned(),
        Effect::Fetch(request) => describe(request),
        Effect::Probe => "probe".to_owned(),
        Effect::Wait(ms) => format!("wait {ms}"),
        Effect::Application { .. } => "end application".to_owned(),
        Effect::Wipe {
            clear,
            own,
            alone,
            within,
        } => {
            let clear = clear.json().text().unwrap_or("lists");
            let own = if *own { "" } else { " less keys" };
            let alone = if *alone { " alone" } else { "" };
            format!("wipe {clear}{own}{alone} {within}")
        }
    }
}

/// An output, in words.
pub(super) fn output_words(output: &Output) -> String {
    match output {
        Output::Abort => "abort".to_owned(),
        Output::Clean(address) => format!("clean {address}"),
        Output::Event(event) => {
            let detail = plain(&event.detail());
            let reason = detail["reason"]
                .as_str()
                .map(|reason| format!(" {reason}"))
                .unwrap_or_default();
            let error = if let Event::RefreshFailed(error) = event {
                format!(" {}", error.code.as_str())
            } else {
                String::new()
            };
            format!("event {}{reason}{error}", event.name())
        }
        Output::Forget => "forget".to_owned(),
        Output::Hide => "hide".to_owned(),
        Output::Reveal(to) => format!("reveal {}", plain(to)),
        Output::Keep(slot, Some(_)) => format!("keep {slot:?}"),
        Output::Keep(slot, None) => format!("drop {slot:?}"),
        Output::Mark => "mark".to_owned(),
        Output::Navigate(address) => {
            format!(
                "navigate {}",
                address.url.reveal().split('?').next().unwrap()
            )
        }
        Output::Perform { effect, .. } => words_of(effect),
        Output::Post(Message::Look { .. }) => "post look".to_owned(),
        Output::Post(Message::Acknowledge { .. }) => "post acknowledge".to_owned(),
        Output::Settle { result, .. } => match result {
            Ok(Settled::AccessToken(token)) => format!("settle {}", token.reveal()),
            Ok(Settled::Done) => "settle done".to_owned(),
            Ok(Settled::NoAnswer) => "settle no answer".to_owned(),
            Ok(Settled::SignedIn { .. }) => "settle signed in".to_owned(),
            Ok(Settled::Told(told)) if told.member("signIn").is_object() => {
                "settle told".to_owned()
            }
            Ok(Settled::Told(_)) => "settle signed out".to_owned(),
            Ok(Settled::Returned { .. }) => "settle returned".to_owned(),
            Err(error) => format!("settle {}", error.code.as_str()),
        },
        Output::Shut => "shut".to_owned(),
        Output::Show(snapshot) => format!("show {}", snapshot.status.as_str()),
    }
}

/// What a slot is called in session storage.
pub(super) const fn slot_name(slot: Slot) -> &'static str {
    match slot {
        Slot::Left => "left",
        Slot::SignIn => "sign-in",
        Slot::SignOut => "sign-out",
    }
}
