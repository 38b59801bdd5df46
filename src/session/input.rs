//! What the machine is told.

use core::fmt;

use super::Change;
use super::change::Verdict;
use super::tab::Seen;
use crate::protocol::json::Parse;
use crate::protocol::{self, Json, message};

/// Numbers what the app asked for.
pub type Id = u32;

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The app asks. The shell chooses an `id` that is not in use.
    Call {
        /// Its number.
        id: Id,
        /// What it asks.
        call: Call,
    },
    /// An effect came to something.
    Reply {
        /// Whose effect it was.
        id: Id,
        /// Which of its effects.
        part: u8,
        /// What it came to.
        reply: Reply,
    },
    /// Something happened outside.
    Signal(Signal),
}

/// What the app asks.
#[derive(Clone, PartialEq)]
pub enum Call {
    /// Is this address an answer?
    Callback {
        /// The address.
        address: String,
        /// The page's own address.
        here: String,
        /// What waits in [`super::Slot::SignIn`].
        sign_in: Option<Json>,
        /// What waits in [`super::Slot::SignOut`].
        sign_out: Option<Json>,
    },
    /// Sign in.
    Login {
        /// The app's options.
        options: Json,
        /// The page's address.
        here: String,
        /// Random bytes.
        entropy: Box<[u8; 96]>,
    },
    /// Sign out.
    Logout {
        /// The app's options.
        options: Json,
        /// Random bytes.
        entropy: Box<[u8; 32]>,
    },
    /// Begin: read what this browser has.
    Start {
        /// What waits in [`super::Slot::Left`].
        left: Option<Json>,
    },
    /// An access token.
    Token {
        /// The app's options.
        options: Json,
    },
}

impl fmt::Debug for Call {
    /// Prints the name alone.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Callback { .. } => "Callback",
            Self::Login { .. } => "Login",
            Self::Logout { .. } => "Logout",
            Self::Start { .. } => "Start",
            Self::Token { .. } => "Token",
        })
    }
}

/// What happened outside.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Signal {
    /// Another tab says that it has signed out of the generations before this one.
    Acknowledged {
        /// The generation it has seen.
        generation: u64,
    },
    /// Somebody uses the page.
    Active,
    /// The page is on its way out: what may not be lost has to be sent now.
    Away,
    /// Something may have changed: a message, the mark, or this tab was away.
    Look,
    /// The page came back although it had left for a sign-in or sign-out.
    Restored,
}

impl Signal {
    /// Reads what the shell hears: `active`, `away`, `look`, `restored`, or a `message`. Any script on the origin can
    /// send one, so all that a message can cause is a look.
    pub fn parse(kind: &str, value: &Json) -> Option<Self> {
        Some(match kind {
            "active" => Self::Active,
            "away" => Self::Away,
            "message" if value.member("kind").text() == Some("acknowledge") => {
                match value.member("generation").count() {
                    Some(generation) => Self::Acknowledged { generation },
                    None => Self::Look,
                }
            }
            "look" | "message" => Self::Look,
            "restored" => Self::Restored,
            _ => return None,
        })
    }
}

/// What an effect came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// Of [`Effect::Wipe`](super::Effect::Wipe): each cleaner's name and outcome.
    CleanedUp(Json),
    /// Of [`Effect::Commit`](super::Effect::Commit).
    Committed {
        /// What the change came to.
        verdict: Verdict,
        /// What the record holds now.
        seen: Seen,
    },
    /// Of [`Effect::Commit`](super::Effect::Commit), where the browser refuses: the change comes back, not made.
    Refused(Change),
    /// Of [`Effect::Digest`](super::Effect::Digest); `None` where WebCrypto refuses.
    Digest(Option<Vec<u8>>),
    /// Of [`Effect::Fetch`](super::Effect::Fetch) and [`Effect::Application`](super::Effect::Application).
    Answer(protocol::Answer),
    /// Of [`Effect::Probe`](super::Effect::Probe).
    Probed {
        /// Whether the record can be kept in IndexedDB, sealed.
        record: bool,
        /// Whether cookies are kept.
        cookies: bool,
        /// Whether session storage is there.
        session_storage: bool,
    },
    /// Of [`Effect::Wait`](super::Effect::Wait).
    Woken,
    /// Of [`Effect::Wipe`](super::Effect::Wipe): names of keys.
    Wiped {
        /// What was deleted.
        removed: Vec<Json>,
        /// What should have gone and is still there.
        residue: Vec<Json>,
    },
}

impl Reply {
    /// Reads what the shell says of an effect; a commit's is read by [`Commits`](super::Commits).
    pub fn parse(kind: &str, value: &Json, parse: Parse<'_>) -> Option<Self> {
        Some(match kind {
            "answer" => Self::Answer(message::answer(value, parse)),
            "cleanedUp" => Self::CleanedUp(value.clone()),
            "digest" => {
                let mut bytes = Vec::new();
                for byte in value.items() {
                    bytes.push(byte.count()?.try_into().ok()?);
                }
                Self::Digest(Some(bytes).filter(|bytes| !bytes.is_empty()))
            }
            "probed" => Self::Probed {
                record: value.member("record").is_true(),
                cookies: value.member("cookies").is_true(),
                session_storage: value.member("sessionStorage").is_true(),
            },
            "wiped" => Self::Wiped {
                removed: value.member("removed").items().to_vec(),
                residue: value.member("residue").items().to_vec(),
            },
            "woken" => Self::Woken,
            _ => return None,
        })
    }
}
