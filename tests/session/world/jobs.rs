//! What is under way, and how it goes on.

use std::rc::Rc;

use nightlatch::protocol::Request;
use nightlatch::protocol::options::Place;
use nightlatch::session::change::Verdict;
use nightlatch::session::{Change, Id, Input, Reply, Seen, Signal};

use super::World;
use super::disk::Sealed;
use super::words::word_of;

/// One thing that is under way for a page.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) tab: usize,
    pub(crate) id: Id,
    pub(crate) part: u8,
    pub(crate) name: String,
    pub(crate) work: Work,
    /// Not before; where it is said.
    pub(crate) due: Option<u64>,
}

/// What is under way, and how far it has come.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// A transaction that has not begun.
    Commit {
        place: Place,
        change: Change,
        sealed: Option<Sealed>,
    },
    /// A transaction that is complete; what it revealed is still sealed.
    Open {
        verdict: Verdict,
        seen: Seen,
        sealed: Option<Sealed>,
        /// The share that stood when it began.
        half: Option<String>,
        number: u64,
    },
    /// A request that has not arrived.
    Fetch(Request),
    /// A reply on its way back.
    Reply(Reply),
    Wait(u64),
    Signal(Signal),
}

impl World {
    /// Takes one thing that is under way one stage further.
    pub(crate) fn step(&mut self, at: usize) {
        let Job {
            tab,
            id,
            part,
            name,
            work,
            ..
        } = self.jobs.remove(at);
        let mut go = |work, name| {
            self.jobs.push(Job {
                tab,
                id,
                part,
                name,
                work,
                due: None,
            })
        };
        match work {
            Work::Commit {
                place,
                change,
                sealed,
            } => {
                let word = word_of(&change);
                let work = self.transact(tab, place, change, sealed);
                self.jobs.push(Job {
                    tab,
                    id,
                    part,
                    name: format!("opened {word}"),
                    work,
                    due: None,
                });
            }
            Work::Open {
                verdict,
                mut seen,
                sealed,
                half,
                number,
            } => {
                if let Some(sealed) = sealed {
                    let kept = self.tabs[tab].kept.clone();
                    seen.session = self
                        .open_sealed(Some(&sealed), [half.as_deref(), kept.as_deref()])
                        .map(Rc::new);
                }
                // Clearing a note is housekeeping, and no look.
                if name != "opened Confirm" {
                    let known = self.tabs[tab].seen.0.max(number);
                    self.tabs[tab].seen = (known, self.now);
                }
                let _ = self.tell(
                    tab,
                    Input::Reply {
                        id,
                        part,
                        reply: Reply::Committed { verdict, seen },
                    },
                );
            }
            Work::Fetch(request) => {
                let answer = self.provider.answers(&request, self.now);
                go(
                    Work::Reply(Reply::Answer(answer)),
                    format!("answer to {name}"),
                );
            }
            Work::Reply(reply) => drop(self.tell(tab, Input::Reply { id, part, reply })),
            Work::Wait(_) => drop(self.tell(
                tab,
                Input::Reply {
                    id,
                    part,
                    reply: Reply::Woken,
                },
            )),
            Work::Signal(signal) => drop(self.tell(tab, Input::Signal(signal))),
        }
    }
}
