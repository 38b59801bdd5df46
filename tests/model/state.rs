//! One moment of the whole world, small enough to be remembered a million times.

use nightlatch::session::change::Verdict;
use nightlatch::session::ledger::Entry;
use nightlatch::session::record::Version;
use nightlatch::session::{Id, Record, Status};

use crate::books::{Number, digest};
use crate::server::{Answer, Ask, Family, Token};

/// A set of families.
pub(crate) type Families = u8;

pub(crate) const fn family(at: u8) -> Families {
    1 << at
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct State {
    pub(crate) pages: Vec<Page>,
    pub(crate) record: Record,
    pub(crate) sealed: Option<Sealed>,
    /// The key share in the cookie.
    pub(crate) cookie: Option<u8>,
    /// How many shares were drawn.
    pub(crate) shares: u8,
    pub(crate) families: Vec<Family>,
    /// Requests of pages that are gone. They arrive late, or never.
    pub(crate) orphans: Vec<Ask>,
    /// How often the deadline of a refresh has passed.
    pub(crate) time: u8,
    pub(crate) spent: Spent,
    pub(crate) ghost: Ghost,
}

/// What may still happen, or has.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Spent {
    pub(crate) sign_ins: u8,
    pub(crate) sign_outs: u8,
    pub(crate) tokens: u8,
    pub(crate) faults: u8,
}

/// What is known from outside, and what no machine sees.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Ghost {
    /// Families whose session was ended by a sign-out.
    pub(crate) ended: Families,
    /// Whether a session was taken out of the record by a page that could not open it, while the page
    /// that could was about to.
    pub(crate) lost: bool,
    /// Refresh tokens that were sent last, and are alive.
    pub(crate) sent: Vec<Sent>,
}

/// A refresh token that was sent.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Sent {
    pub(crate) token: Token,
    pub(crate) tab: usize,
    pub(crate) time: u8,
    /// Whether there was no answer, or one that says: later.
    pub(crate) failed: bool,
}

/// What IndexedDB holds beside the record.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Sealed {
    pub(crate) share: u8,
    pub(crate) session: Number,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Presence {
    Dead,
    Frozen,
    Here,
    /// The tab will be opened, or not.
    Unopened,
}

/// One tab's page.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Page {
    pub(crate) presence: Presence,
    pub(crate) machine: Number,
    /// What is under way, sorted.
    pub(crate) jobs: Vec<Job>,
    /// A message has not yet been heard.
    pub(crate) message: bool,
    /// The mark in local storage has not yet been noticed.
    pub(crate) mark: bool,
    pub(crate) storage: Storage,
    /// The share that a sign-out keeps to open what it takes out.
    pub(crate) kept: Option<u8>,
    /// Transactions that have not begun, in the order in which they will.
    pub(crate) queue: Vec<(Id, u8, Number)>,
    /// The order of the last transaction that the machine has taken over.
    pub(crate) order: u64,
    pub(crate) status: Status,
    /// The session that the app is shown.
    pub(crate) shown: Option<Token>,
    /// Whose it is, also where the app is shown that somebody is on the way in or out.
    pub(crate) user: Option<&'static str>,
    /// Whether the document is hidden, and nobody sees what is shown.
    pub(crate) hidden: bool,
    /// Where the page has left for.
    pub(crate) leaving: Option<Number>,
    /// The answer to a sign-in at which this page stands.
    pub(crate) arriving: Option<Number>,
    /// Calls that are not yet answered.
    pub(crate) asked: Vec<Asked>,
    /// What this page itself has signed out.
    pub(crate) left: Families,
    /// What this page has heard to be ended.
    pub(crate) heard: Families,
}

/// One tab's session storage.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Storage {
    pub(crate) sign_in: Option<Number>,
    pub(crate) sign_out: Option<Number>,
    pub(crate) left: Option<u64>,
    /// Whether nobody has signed in or out since the sign-in under way began.
    pub(crate) undisturbed: bool,
    /// What this tab alone has signed out of.
    pub(crate) forsaken: Families,
}

/// A call of the app.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Asked {
    pub(crate) id: Id,
    pub(crate) what: What,
    /// What had ended when it was made.
    pub(crate) ended: Families,
    /// Who was shown then.
    pub(crate) user: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum What {
    Callback,
    Login,
    Logout,
    LogoutAtProvider,
    Start,
    Token,
}

/// Something under way.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Job {
    pub(crate) id: Id,
    pub(crate) part: u8,
    pub(crate) work: Work,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Work {
    /// An answer on its way back.
    Answer(Answer),
    /// A transaction that has not begun.
    Commit {
        change: Number,
        sealed: Option<Sealed>,
        /// The key share in the cookie when sealing began.
        share: Option<u8>,
    },
    /// A request that has not arrived.
    Fetch(Ask),
    /// A short sleep.
    Nap,
    /// A transaction that is complete, and not yet heard of.
    Open {
        change: Number,
        sight: Sight,
        /// Whether something is being opened.
        opens: bool,
        /// What comes of it.
        session: Option<Number>,
        /// What had ended when the record was read.
        ended: Families,
    },
    /// The page waits to leave.
    Stay,
}

/// What a transaction read, without its session.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Sight {
    pub(crate) verdict: Verdict,
    pub(crate) order: u64,
    pub(crate) generation: u64,
    pub(crate) version: Version,
    pub(crate) live: bool,
    pub(crate) ending: Option<Entry>,
}

impl State {
    /// A state's name. Tabs may change places: that is the same state.
    pub(crate) fn name(&self) -> u64 {
        let mut pages: Vec<_> = self
            .pages
            .iter()
            .enumerate()
            .map(|(tab, page)| {
                let sent = self.ghost.sent.iter().filter(|sent| sent.tab == tab);
                let sent = sent.map(|sent| (sent.token, sent.time, sent.failed));
                digest(&(page, sent.collect::<Vec<_>>()))
            })
            .collect();
        pages.sort_unstable();
        let Self {
            pages: _,
            record,
            sealed,
            cookie,
            shares,
            families,
            orphans,
            time,
            spent,
            ghost,
        } = self;
        let server = (families, orphans);
        let browser = (record, sealed, cookie, shares);
        digest(&(pages, server, browser, time, spent, ghost.ended, ghost.lost))
    }
}

impl Page {
    pub(crate) fn new(machine: Number, storage: Storage) -> Self {
        Self {
            presence: Presence::Here,
            machine,
            jobs: Vec::new(),
            message: false,
            mark: false,
            storage,
            kept: None,
            queue: Vec::new(),
            order: 0,
            status: Status::SignedOut,
            shown: None,
            user: None,
            hidden: false,
            leaving: None,
            arriving: None,
            asked: Vec::new(),
            left: 0,
            heard: 0,
        }
    }

    pub(crate) fn is_here(&self) -> bool {
        self.presence == Presence::Here
    }

    /// Whether there is a page at all.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.presence, Presence::Here | Presence::Frozen)
    }

    pub(crate) fn awaits(&self, what: What) -> bool {
        self.asked.iter().any(|asked| asked.what == what)
    }

    /// The lowest number that nothing under way has, from `first` on.
    pub(crate) fn free_id(&self, first: Id) -> Id {
        (first..)
            .find(|id| {
                self.asked.iter().all(|asked| asked.id != *id)
                    && self.jobs.iter().all(|job| job.id != *id)
            })
            .unwrap()
    }
}
