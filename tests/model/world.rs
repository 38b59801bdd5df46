//! A browser around the machines: one record, one cookie, a channel, local storage, one provider.
//!
//! Here is what pages do and what happens to them; `shell` performs what machines ask for,
//! `transactions` has the record.

use nightlatch::protocol::Json;
use nightlatch::session::{Change, Record, Signal};

use crate::actions::Act;
use crate::machines::{Machines, NOBODY, Reach, START, Told};
use crate::server::{Answer, Ask, Family, Life, Server};
use crate::shell::put;
use crate::state::{
    Asked, Families, Ghost, Job, Page, Presence, Spent, State, Storage, What, Work, family,
};

/// After so many milliseconds a refresh counts as lost, and more.
const DEADLINE_MS: u64 = 13_000;
/// Calls for a token come so late that no look may be reused.
const LATER_MS: u64 = 60;

pub(crate) struct World {
    pub(crate) machines: Machines,
    pub(crate) server: Server,
    /// Whether a new share is put in place before the transaction.
    pub(crate) hasty: bool,
    /// Whether a page misses messages until its first look is heard of.
    pub(crate) deaf: bool,
    /// Whether tabs tell each other at all.
    pub(crate) carriers: Carriers,
    /// Whether what is known not to hold yet is let pass.
    pub(crate) excuses: bool,
    /// After so many deadlines somebody waits for ever.
    pub(crate) ever: u8,
    /// How long after the beginning everything happens.
    age: u64,
    /// What was broken by the last step.
    pub(crate) broken: Vec<Broken>,
}

/// How tabs tell each other to look.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Carriers {
    Both,
    /// The channel alone.
    Channel,
    None,
}

/// A property that does not hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Broken {
    pub(crate) property: &'static str,
    pub(crate) how: String,
}

impl World {
    pub(crate) fn new(server: Server, lifetime: u64) -> Self {
        Self {
            machines: Machines::new(lifetime),
            server,
            hasty: false,
            deaf: false,
            carriers: Carriers::Both,
            excuses: true,
            ever: 6,
            age: 0,
            broken: Vec::new(),
        }
    }

    /// A world in which many deadlines may pass.
    pub(crate) fn patient(lifetime: u64) -> Self {
        Self {
            ever: 100,
            ..Self::new(Server::default(), lifetime)
        }
    }

    /// Lets so much time pass that the first access token is about to end.
    pub(crate) fn age(&mut self) {
        self.age = 290_000;
    }

    /// A world of so many tabs, all open, nobody signed in.
    pub(crate) fn begin(&mut self, tabs: usize) -> State {
        self.age = 0;
        let fresh = self.machines.fresh();
        let mut state = State {
            pages: vec![Page::new(fresh, Storage::default()); tabs],
            record: Record::from_json(&Json::Null, &Json::Null, START),
            sealed: None,
            cookie: None,
            shares: 0,
            families: Vec::new(),
            orphans: Vec::new(),
            time: 0,
            spent: Spent::default(),
            ghost: Ghost::default(),
        };
        for tab in 0..tabs {
            self.call(&mut state, tab, Told::Start { left: None });
        }
        state
    }

    pub(crate) fn breaks(&mut self, property: &'static str, how: String) {
        self.broken.push(Broken { property, how });
    }

    /// What the clock says to a page.
    pub(crate) fn now(&self, state: &State, told: Told) -> u64 {
        let later = if matches!(told, Told::Token { .. }) {
            LATER_MS
        } else {
            0
        };
        START + self.age + u64::from(state.time) * DEADLINE_MS + later
    }

    // What the app does.

    /// Makes a call.
    pub(crate) fn call(&mut self, state: &mut State, tab: usize, told: Told) {
        let page = &mut state.pages[tab];
        let user = page.user;
        // Whose call it is does not print, and its number does: machines that differ have to print differently.
        let id = page.free_id(if user == Some("grace") { 100 } else { 1 });
        page.asked.push(Asked {
            id,
            what: What::of(told).unwrap(),
            ended: state.ghost.ended,
            user,
        });
        match told {
            Told::Logout(Reach::App | Reach::Provider) => {
                // Whoever has begun to sign in is signed out, too: of this page from now on.
                page.left |= all(&state.families);
                disturb(state);
            }
            Told::Logout(Reach::Tab) => {
                page.storage.forsaken |= page.shown.map_or(0, |token| family(token.family));
                page.storage.undisturbed = false;
            }
            Told::Login { .. } => page.storage.undisturbed = true,
            _ => {}
        }
        self.tell(state, tab, id, 0, told);
    }

    /// The provider sends a page that has left for a sign-in back: another page, the same tab.
    pub(crate) fn come_back(&mut self, state: &mut State, tab: usize) {
        let address = state.pages[tab].leaving.unwrap();
        let at = u8::try_from(state.families.len()).unwrap();
        let (back, nonce) = self.machines.returned(address, at);
        state.families.push(Family {
            life: Life::Issued,
            current: 0,
            nonce,
            asked: self.machines.texts.get(address).contains("&prompt=login"),
        });
        self.reload(state, tab);
        state.pages[tab].arriving = Some(back);
        self.arrive(state, tab);
    }

    /// Puts another page in the place of a tab's page.
    pub(crate) fn reload(&mut self, state: &mut State, tab: usize) {
        self.tell(state, tab, NOBODY, 0, Told::Signal(Signal::Away));
        self.kill(state, tab);
        self.open(state, tab);
    }

    /// Opens a page in a tab.
    pub(crate) fn open(&mut self, state: &mut State, tab: usize) {
        let storage = state.pages[tab].storage.clone();
        let left = storage.left;
        state.pages[tab] = Page::new(self.machines.fresh(), storage);
        self.call(state, tab, Told::Start { left });
    }

    /// Ends a page. Its requests may still arrive.
    pub(crate) fn kill(&mut self, state: &mut State, tab: usize) {
        let page = &mut state.pages[tab];
        for job in page.jobs.drain(..) {
            if let Work::Fetch(ask) = job.work {
                state.orphans.push(ask);
            }
        }
        state.orphans.sort_unstable();
        *page = Page {
            presence: Presence::Dead,
            ..Page::new(self.machines.fresh(), page.storage.clone())
        };
    }

    /// A page that stands at an answer says so when its client has begun.
    pub(crate) fn arrive(&mut self, state: &mut State, tab: usize) {
        let page = &mut state.pages[tab];
        if page.awaits(What::Start) {
            return;
        }
        if let Some(address) = page.arriving.take() {
            let sign_in = page.storage.sign_in;
            self.call(state, tab, Told::Callback { address, sign_in });
        }
    }

    // What goes on by itself.

    /// Tells a page what a transaction, or a request, came to.
    pub(crate) fn deliver(&mut self, state: &mut State, tab: usize, at: usize) {
        let job = state.pages[tab].jobs.remove(at);
        let told = match job.work {
            Work::Answer(answer) => Told::Answer(answer),
            Work::Nap => Told::Woken,
            Work::Open {
                sight,
                session,
                ended,
                change,
                ..
            } => {
                if !matches!(self.machines.changes.get(change), Change::Confirm { .. }) {
                    state.pages[tab].heard |= ended;
                }
                Told::Committed { sight, session }
            }
            Work::Commit { .. } | Work::Fetch(_) | Work::Stay => unreachable!("nothing to tell"),
        };
        self.tell(state, tab, job.id, job.part, told);
    }

    /// Whoever naps wakes up.
    pub(crate) fn wake(&mut self, state: &mut State) {
        for tab in 0..state.pages.len() {
            while let Some(at) = state.pages[tab]
                .jobs
                .iter()
                .position(|job| job.work == Work::Nap && state.pages[tab].is_here())
            {
                self.deliver(state, tab, at);
            }
        }
    }

    /// A request arrives and is dealt with.
    pub(crate) fn serve(&mut self, state: &mut State, tab: usize, at: usize) {
        let Work::Fetch(ask) = state.pages[tab].jobs[at].work else {
            unreachable!("no request");
        };
        let answer = self.answer(state, ask);
        self.answered(state, tab, at, answer);
    }

    /// A request is answered in this way, without the provider.
    pub(crate) fn answered(&mut self, state: &mut State, tab: usize, at: usize, answer: Answer) {
        let page = &mut state.pages[tab];
        let Job { id, part, work } = page.jobs.remove(at);
        let revocation = matches!(work, Work::Fetch(Ask::Revoke(_)));
        if matches!(answer, Answer::Silence | Answer::Busy) && !revocation {
            for sent in state.ghost.sent.iter_mut().filter(|sent| sent.tab == tab) {
                sent.failed = true;
            }
        }
        put(
            page,
            Job {
                id,
                part,
                work: Work::Answer(answer),
            },
        );
        // Nobody's doing depends on when it is heard that a token was revoked.
        if revocation && page.is_here() {
            let at = page
                .jobs
                .iter()
                .position(|job| {
                    job.id == id && job.part == part && matches!(job.work, Work::Answer(_))
                })
                .unwrap();
            self.deliver(state, tab, at);
        }
    }

    pub(crate) fn answer(&mut self, state: &mut State, ask: Ask) -> Answer {
        let reused = |state: &State| {
            let families = state.families.iter();
            families
                .filter(|family| family.life == Life::Reused)
                .count()
        };
        let before = reused(state);
        let answer = self.server.answer(&mut state.families, ask);
        if reused(state) > before && state.spent.faults == 0 {
            self.breaks("P3r", format!("{ask:?} is a reuse, and nothing had failed"));
        }
        answer
    }

    pub(crate) fn is_nap(&self, state: &State, act: Act) -> bool {
        matches!(act, Act::Deliver(tab, at) if state.pages[tab].jobs[at].work == Work::Nap)
    }

    /// A page hears of something.
    pub(crate) fn signal(&mut self, state: &mut State, tab: usize, signal: Signal) {
        self.tell(state, tab, NOBODY, 0, Told::Signal(signal));
    }
}

pub(crate) fn all(families: &[Family]) -> Families {
    (0_u8..)
        .zip(families)
        .fold(0, |all, (at, _)| all | family(at))
}

/// Somebody signed in or out, or a session was ended otherwise.
pub(crate) fn disturb(state: &mut State) {
    for page in &mut state.pages {
        page.storage.undisturbed = false;
    }
}

impl Page {
    /// Whether nothing is under way but leaving.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.jobs.iter().all(|job| job.work == Work::Stay)
    }
}
