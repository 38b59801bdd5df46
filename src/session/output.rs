//! What the machine asks for, and what it answers.

use std::rc::Rc;

use super::input::Id;
use super::{Change, Event, Snapshot};
use crate::protocol::message::Navigation;
use crate::protocol::options::{Clear, Place};
use crate::protocol::{Claims, Error, Json, Members, Request, Secret};

/// What the shell is asked to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// End what this client's `fetch` has under way.
    Abort,
    /// The page's address, without the answer.
    Clean(String),
    /// Tell the app what happened.
    Event(Event),
    /// Forget the key share that was kept to open what logout takes out.
    Forget,
    /// The document is not painted from now on.
    Hide,
    /// Write to session storage, or delete.
    Keep(Slot, Option<Json>),
    /// Raise the mark in local storage, and take it down.
    Mark,
    /// Leave the page.
    Navigate(Navigation),
    /// Do, and reply.
    Perform {
        /// Who asks.
        id: Id,
        /// Which of its effects.
        part: u8,
        /// What to do.
        effect: Effect,
    },
    /// Tell the other tabs.
    Post(Message),
    /// The document is painted again; with a text it is loaded anew instead, at this address on its origin, or at its own if
    /// that is empty.
    Reveal(Json),
    /// Answer the app.
    Settle {
        /// Its number.
        id: Id,
        /// The answer.
        result: Result<Settled, Error>,
    },
    /// Delete the key share in the cookie, now.
    Shut,
    /// The app sees this from now on.
    Show(Snapshot),
}

/// What is done outside and replied to.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// The request that ends the app's own session at its server.
    Application {
        /// How long it may take.
        timeout_ms: u64,
    },
    /// One transaction on the record.
    Commit {
        /// Where sessions are kept.
        place: Place,
        /// The change.
        change: Change,
    },
    /// The SHA-256 digest of a text.
    Digest(Secret),
    /// One HTTP request.
    Fetch(Request),
    /// What this browser offers.
    Probe,
    /// So many milliseconds.
    Wait(u64),
    /// Run the app's own clean-up, and wipe what this browser keeps. Each is replied to.
    Wipe {
        /// What goes of what is not nightlatch's.
        clear: Clear,
        /// Whether this client's own keys go.
        own: bool,
        /// Whether nothing goes that tabs share: session storage alone.
        alone: bool,
        /// How long it may be held up, in milliseconds.
        within: u64,
    },
}

/// What waits in session storage.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Slot {
    /// The generation that this tab alone has left.
    Left,
    /// The sign-in under way.
    SignIn,
    /// The report of the sign-out that left for the provider.
    SignOut,
}

/// What tabs say to each other. It carries no secret, and whoever hears it only looks.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Message {
    /// "I have seen that generation and am signed out of those before it."
    Acknowledge {
        /// The generation.
        generation: u64,
    },
    /// "Look again."
    Look {
        /// The generation to be seen, for the timeline of those who debug.
        generation: u64,
    },
}

impl Message {
    /// The form on the channel.
    pub fn to_json(self) -> Json {
        let (kind, generation) = match self {
            Self::Acknowledge { generation } => ("acknowledge", generation),
            Self::Look { generation } => ("look", generation),
        };
        Members::new()
            .with("kind", kind)
            .with("generation", generation)
            .object()
    }
}

/// What the app gets.
#[derive(Clone, Debug, PartialEq)]
pub enum Settled {
    /// An access token.
    AccessToken(Secret),
    /// Nothing to say.
    Done,
    /// The address was no answer.
    NoAnswer,
    /// A sign-in is complete.
    SignedIn {
        /// Where to go on.
        return_to: String,
        /// The claims.
        user: Rc<Claims>,
    },
    /// The provider sent the user back after a sign-out.
    Returned {
        /// Where to go on.
        return_to: String,
        /// The report, with the provider's layer confirmed.
        report: Rc<Json>,
    },
    /// Just this: the report of a sign-out, or what another window needs to sign in.
    Told(Rc<Json>),
}

impl Settled {
    /// The answer as JavaScript sees it.
    pub fn to_json(&self) -> Json {
        let arrived = |kind: &str, return_to: &str, name, value: &Json| {
            Members::new()
                .with("kind", kind)
                .with("returnTo", return_to)
                .with(name, value.clone())
                .object()
        };
        match self {
            Self::AccessToken(token) => token.reveal().into(),
            Self::Done | Self::NoAnswer => Json::Null,
            Self::SignedIn { return_to, user } => arrived("login", return_to, "user", user.json()),
            Self::Returned { return_to, report } => arrived("logout", return_to, "report", report),
            Self::Told(json) => (**json).clone(),
        }
    }
}
