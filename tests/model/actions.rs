//! What may happen next.

use std::fmt;

use nightlatch::session::Signal;

use crate::machines::{Reach, Told};
use crate::server::{Answer, Ask};
use crate::state::{Presence, State, Storage, What, Work};
use crate::world::World;

/// How much may happen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub(crate) sign_ins: u8,
    pub(crate) sign_outs: u8,
    pub(crate) tokens: u8,
    pub(crate) faults: u8,
    /// Whether calls for a token insist on a new one.
    pub(crate) force: bool,
    /// Whether a tab may sign out alone.
    pub(crate) alone: bool,
    /// Whether a tab may ask for the end of the provider's session.
    pub(crate) provider: bool,
    /// Whether every second sign-in is another person's.
    pub(crate) users: bool,
}

/// One thing that happens. Numbers are those of tabs and of their jobs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Act {
    /// The app.
    Call(usize, Told),
    ComeBack(usize),
    /// What goes on by itself.
    Deadline,
    Deliver(usize, usize),
    Hear(usize),
    Notice(usize),
    Serve(usize, usize),
    Transact(usize, usize),
    /// What need not happen.
    Open(usize),
    Orphan(usize),
    Thaw(usize),
    /// Faults.
    Freeze(usize),
    Kill(usize),
    Lose(usize, usize),
    Refuse(usize, usize),
    Reload(usize),
    /// A page that has left comes back out of the back/forward cache.
    Return(usize),
}

impl World {
    /// What goes on by itself: while there is any of it, the world is not at rest.
    pub(crate) fn fair(&self, state: &State) -> Vec<Act> {
        let mut acts = Vec::new();
        let (mut naps, mut idle) = (false, true);
        for (tab, page) in state.pages.iter().enumerate() {
            if !page.is_open() {
                continue;
            }
            for (at, job) in page.jobs.iter().enumerate() {
                let act = match job.work {
                    // A transaction or a request that is on its way does not wait for its page.
                    Work::Commit { change, .. } if page.may_begin(job, change) => {
                        Act::Transact(tab, at)
                    }
                    Work::Fetch(_) => Act::Serve(tab, at),
                    Work::Open { sight, .. } if page.is_here() && page.may_hear(sight.order) => {
                        Act::Deliver(tab, at)
                    }
                    Work::Answer(_) if page.is_here() => Act::Deliver(tab, at),
                    Work::Nap if page.is_here() => {
                        naps = true;
                        acts.push(Act::Deliver(tab, at));
                        continue;
                    }
                    _ => continue,
                };
                idle = false;
                acts.push(act);
            }
            if page.is_here() && !page.awaits(What::Start) {
                if page.message {
                    acts.push(Act::Hear(tab));
                    idle = false;
                }
                if page.mark {
                    acts.push(Act::Notice(tab));
                    idle = false;
                }
            }
        }
        if naps && idle && state.time < self.ever {
            acts.push(Act::Deadline);
        }
        acts
    }

    /// All that may happen.
    pub(crate) fn acts(&self, state: &State, budget: &Budget) -> Vec<Act> {
        let mut acts = self.fair(state);
        acts.extend((0..state.orphans.len()).map(Act::Orphan));
        let faults = state.spent.faults < budget.faults;
        for (tab, page) in state.pages.iter().enumerate() {
            match page.presence {
                Presence::Dead => continue,
                Presence::Frozen => {
                    acts.push(Act::Thaw(tab));
                    continue;
                }
                Presence::Here => {}
                Presence::Unopened => {
                    acts.push(Act::Open(tab));
                    continue;
                }
            }
            if page.leaving.is_some() && (faults || page.is_at_rest()) {
                acts.push(Act::ComeBack(tab));
            }
            if !page.awaits(What::Start) && page.leaving.is_none() {
                self.calls(state, budget, tab, &mut acts);
            }
            if !faults {
                continue;
            }
            if page.leaving.is_some() {
                acts.push(Act::Return(tab));
            }
            acts.extend([Act::Kill(tab), Act::Reload(tab), Act::Freeze(tab)]);
            for (at, job) in page.jobs.iter().enumerate() {
                match job.work {
                    Work::Fetch(Ask::Exchange(_)) => acts.push(Act::Lose(tab, at)),
                    Work::Fetch(_) => acts.extend([Act::Lose(tab, at), Act::Refuse(tab, at)]),
                    Work::Answer(Answer::Granted(..) | Answer::Refused) => {
                        acts.push(Act::Lose(tab, at));
                    }
                    _ => {}
                }
            }
        }
        acts
    }

    fn calls(&self, state: &State, budget: &Budget, tab: usize, acts: &mut Vec<Act>) {
        let page = &state.pages[tab];
        if state.spent.tokens < budget.tokens {
            let force = budget.force;
            acts.push(Act::Call(tab, Told::Token { force }));
        }
        if state.spent.sign_outs < budget.sign_outs {
            acts.push(Act::Call(tab, Told::Logout(Reach::App)));
            if budget.alone {
                acts.push(Act::Call(tab, Told::Logout(Reach::Tab)));
            }
            if budget.provider {
                acts.push(Act::Call(tab, Told::Logout(Reach::Provider)));
            }
        }
        let coming = page.awaits(What::Login) || page.awaits(What::Callback);
        if state.spent.sign_ins < budget.sign_ins && !coming {
            let drawn = state.spent.sign_ins + 1;
            acts.push(Act::Call(tab, Told::Login { drawn }));
        }
    }

    /// What comes of it.
    pub(crate) fn step(&mut self, before: &State, act: Act) -> State {
        let mut next = before.clone();
        let state = &mut next;
        match act {
            Act::Call(tab, told) => {
                match told {
                    Told::Login { .. } => state.spent.sign_ins += 1,
                    Told::Logout(_) => state.spent.sign_outs += 1,
                    _ => state.spent.tokens += 1,
                }
                self.call(state, tab, told);
            }
            Act::ComeBack(tab) => {
                // A page that leaves with something under way is one more that dies.
                if !state.pages[tab].is_at_rest() {
                    state.spent.faults += 1;
                }
                self.come_back(state, tab);
            }
            Act::Deadline => {
                state.time += 1;
                if state.time == self.ever {
                    self.breaks("P4", "somebody waits for ever".to_owned());
                }
                self.wake(state);
            }
            Act::Deliver(tab, at) => self.deliver(state, tab, at),
            Act::Hear(tab) => {
                state.pages[tab].message = false;
                self.signal(state, tab, Signal::Look);
            }
            Act::Notice(tab) => {
                state.pages[tab].mark = false;
                self.signal(state, tab, Signal::Look);
            }
            Act::Serve(tab, at) => self.serve(state, tab, at),
            Act::Transact(tab, at) => self.transact(state, tab, at),
            Act::Orphan(at) => {
                let ask = state.orphans.remove(at);
                self.answer(state, ask);
            }
            Act::Open(tab) => self.open(state, tab),
            Act::Thaw(tab) => {
                let ended = state.ghost.ended;
                let page = &mut state.pages[tab];
                page.presence = Presence::Here;
                // What had ended before it came back must not show, nor be handed out.
                page.heard |= ended;
                self.signal(state, tab, Signal::Restored);
            }
            Act::Freeze(tab) => {
                state.spent.faults += 1;
                self.signal(state, tab, Signal::Away);
                state.pages[tab].presence = Presence::Frozen;
                state.pages[tab].message = false;
            }
            Act::Kill(tab) => {
                state.spent.faults += 1;
                self.kill(state, tab);
                // Session storage goes with its tab.
                state.pages[tab].storage = Storage::default();
            }
            Act::Lose(tab, at) => {
                state.spent.faults += 1;
                self.answered(state, tab, at, Answer::Silence);
            }
            Act::Refuse(tab, at) => {
                state.spent.faults += 1;
                self.answered(state, tab, at, Answer::Busy);
            }
            Act::Return(tab) => {
                state.spent.faults += 1;
                let page = &mut state.pages[tab];
                page.leaving = None;
                page.jobs.retain(|job| job.work != Work::Stay);
                // The app's page is as it was, and nobody answers a call that has left.
                page.asked.retain(|asked| asked.what != What::Login);
                self.signal(state, tab, Signal::Away);
                self.signal(state, tab, Signal::Restored);
            }
            Act::Reload(tab) => {
                state.spent.faults += 1;
                self.reload(state, tab);
            }
        }
        self.check(state);
        next
    }

    /// Says what an act is, in the state before it.
    pub(crate) fn words(&self, state: &State, act: Act) -> String {
        let work = |tab: usize, at: usize| match &state.pages[tab].jobs[at].work {
            Work::Commit { change, .. } => self.machines.word_of(*change),
            Work::Open { change, sight, .. } => {
                format!("{} {:?}", self.machines.word_of(*change), sight.verdict)
            }
            work => format!("{work:?}"),
        };
        match act {
            Act::Transact(tab, at) => format!("tab {tab}: transacts {}", work(tab, at)),
            Act::Deliver(tab, at) => format!("tab {tab}: hears {}", work(tab, at)),
            Act::Serve(tab, at) => format!("tab {tab}: is served {}", work(tab, at)),
            Act::Lose(tab, at) => format!("tab {tab}: loses {}", work(tab, at)),
            Act::Refuse(tab, at) => format!("tab {tab}: is refused {}", work(tab, at)),
            Act::Orphan(at) => format!("an orphan is served: {:?}", state.orphans[at]),
            Act::Call(tab, told) => format!("tab {tab}: calls {told:?}"),
            act => format!("{act:?}"),
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sign_ins,
            sign_outs,
            tokens,
            faults,
            ..
        } = self;
        write!(formatter, "{sign_ins}/{sign_outs}/{tokens}/{faults}")
    }
}
