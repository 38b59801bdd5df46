//! The session machine: it decides, the shell performs.
//!
//! [`Machine::handle`] takes what happened, [`Machine::poll`] gives what is to be done. Nothing here
//! reads a clock, draws entropy, or touches network or storage.
//!
//! Two matches own the transitions: what a tab does next is decided by each operation's `step`
//! ([`logout`] is the one to read first), and what may be committed to the state that all tabs
//! share is decided by [`Change::apply`].

mod asked;
pub mod change;
mod commit;
mod context;
mod event;
mod grant;
mod input;
pub mod ledger;
pub mod logout;
mod machine;
mod output;
pub mod record;
mod refresh;
pub mod report;
mod sign_in;
mod tab;
mod watch;
mod withdrawal;

pub use asked::Scope;
pub use change::Change;
pub use commit::Commits;
pub use event::{Event, Reason, Snapshot, Status};
pub use grant::Session;
pub use input::{Call, Id, Input, Reply, Signal};
pub use machine::{Machine, Misuse};
pub use output::{Effect, Message, Output, Settled, Slot};
pub use record::Record;
pub use tab::Seen;
