//! What a machine asks for is performed.

use nightlatch::protocol::Json;
use nightlatch::protocol::options::Place;
use nightlatch::session::{Effect, Id, Input, Misuse, Output, Reply, Settled, Signal, Slot};

use super::disk::Sealed;
use super::words::{output_words, slot_name, words_of};
use super::{Job, Work, World};
use crate::provider::{core, parse, plain};

/// What an output shows to the app, to other tabs, or to whoever reads what lies about in plain text. (A token that
/// the app asked for and the sign-in under way are theirs: the one the caller's, the other the tab's own.)
fn shown(output: &Output) -> Option<String> {
    let json = match output {
        Output::Clean(address) => return Some(address.clone()),
        Output::Event(event) => event.detail(),
        Output::Keep(Slot::Left | Slot::SignOut, value) => value.clone()?,
        Output::Post(message) => message.to_json(),
        Output::Reveal(to) => to.clone(),
        Output::Settle { result, .. } => match result {
            Ok(Settled::AccessToken(_)) => return None,
            Ok(Settled::Told(told)) if told.member("signIn").is_object() => return None,
            Ok(settled) => settled.to_json(),
            Err(error) => return Some(format!("{error} {error:?} {}", plain(&error.to_json()))),
        },
        Output::Show(snapshot) => snapshot.to_json(),
        _ => return None,
    };
    Some(plain(&json).to_string())
}

impl World {
    /// Tells a machine what happened, and performs what it asks for.
    pub(crate) fn tell(&mut self, tab: usize, input: Input) -> Result<(), Misuse> {
        match input {
            Input::Signal(Signal::Away) => self.tabs[tab].away = true,
            Input::Signal(Signal::Restored) => self.tabs[tab].away = false,
            _ => {}
        }
        let now = self.clock();
        if let Some(overheard) = &mut self.overheard {
            overheard.push(format!("{input:?}"));
        }
        let result = self.tabs[tab].machine.handle(now, &parse, input);
        while let Some(output) = self.tabs[tab].machine.poll() {
            if let Some(overheard) = &mut self.overheard {
                overheard.push(format!("{output:?} {:?}", self.tabs[tab].machine));
                overheard.extend(shown(&output));
            }
            self.tabs[tab].log.push(output_words(&output));
            self.perform(tab, output);
        }
        result
    }

    fn perform(&mut self, at: usize, output: Output) {
        match output {
            Output::Abort | Output::Event(_) => {}
            Output::Hide => self.tabs[at].hidden = true,
            // A page that is loaded anew stays as it is until it is.
            Output::Reveal(to) => {
                self.tabs[at].hidden = to != Json::Null;
                self.tabs[at].leads_to = to.text().map(str::to_owned);
            }
            Output::Clean(address) => self.tabs[at].cleaned = Some(address),
            Output::Forget => self.tabs[at].kept = None,
            Output::Keep(slot, Some(value)) => {
                self.tabs[at]
                    .storage
                    .slots
                    .insert(slot_name(slot), plain(&value).to_string());
            }
            Output::Keep(slot, None) => drop(self.tabs[at].storage.slots.remove(slot_name(slot))),
            Output::Mark => self.signal_others(at, "mark", Signal::Look),
            Output::Navigate(address) => {
                self.tabs[at].navigated = Some(address.url.reveal().to_owned())
            }
            Output::Perform { id, part, effect } => self.effect(at, id, part, effect),
            Output::Post(message) => {
                let carried = plain(&message.to_json()).to_string();
                self.signal_others(
                    at,
                    "message",
                    Signal::parse("message", &parse(&carried).unwrap()).unwrap(),
                );
            }
            Output::Settle { id, result } => {
                assert!(self.tabs[at].asked.contains(&id), "{id} was never asked");
                // Like a promise: the first answer counts.
                self.tabs[at].settled.entry(id).or_insert(result);
            }
            Output::Show(snapshot) => self.tabs[at].snapshot = Some(snapshot),
            Output::Shut => {
                if let Some(share) = self.cookie.take() {
                    self.tabs[at].kept = Some(share);
                }
            }
        }
    }

    fn signal_others(&mut self, from: usize, name: &str, signal: Signal) {
        for tab in (0..self.tabs.len()).filter(|tab| *tab != from) {
            if self.tabs[tab].alive && !self.tabs[tab].frozen {
                let name = format!("{name} to {tab}");
                self.jobs.push(Job {
                    tab,
                    id: 0,
                    part: 0,
                    name,
                    work: Work::Signal(signal),
                    due: None,
                });
            }
        }
    }

    fn effect(&mut self, tab: usize, id: Id, part: u8, effect: Effect) {
        let name = words_of(&effect);
        let work = match effect {
            Effect::Application { .. } => Work::Reply(Reply::Answer(self.application.clone())),
            Effect::Commit { place, change } => {
                // Sealed before the transaction begins. Only what begins a session makes a new share.
                let begins = change.begins_session(place);
                let share = if begins {
                    self.share_or_drawn()
                } else {
                    self.cookie.clone()
                };
                match (change.session().cloned(), share) {
                    (Some(_), None) if begins => Work::Reply(Reply::Refused(change)),
                    (Some(session), Some(share)) if place != Place::Memory => {
                        let text = plain(&session.to_json(&self.options)).to_string();
                        Work::Commit {
                            place,
                            change,
                            sealed: Some(Sealed { share, text }),
                        }
                    }
                    _ => Work::Commit {
                        place,
                        change,
                        sealed: None,
                    },
                }
            }
            // What the digest is has been proven elsewhere.
            Effect::Digest(_) => Work::Reply(Reply::Digest(Some(vec![7; 32]))),
            Effect::Fetch(request) => Work::Fetch(request),
            Effect::Probe => Work::Reply(Reply::Probed {
                record: self.has_record && !self.tabs[tab].blind,
                cookies: self.has_cookies,
                session_storage: true,
            }),
            Effect::Wait(ms) => Work::Wait(self.now + ms),
            Effect::Wipe { own, .. } => {
                // Session storage is wiped at once.
                let mut removed = Vec::new();
                if own {
                    let storage = std::mem::take(&mut self.tabs[tab].storage);
                    removed = storage.slots.into_keys().map(Into::into).collect();
                }
                self.jobs.push(Job {
                    tab,
                    id,
                    part,
                    name: "cleaners".to_owned(),
                    work: Work::Reply(Reply::CleanedUp(core(self.cleaners.clone()))),
                    due: None,
                });
                let residue = self.stuck.clone();
                Work::Reply(Reply::Wiped { removed, residue })
            }
        };
        self.jobs.push(Job {
            tab,
            id,
            part,
            name,
            work,
            due: None,
        });
    }
}
