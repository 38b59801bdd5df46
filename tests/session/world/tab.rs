//! The pages, and what each keeps: its machine, its memory, its session storage.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use nightlatch::protocol::{Error, Json, Options};
use nightlatch::session::{Call, Id, Machine, Record, Session, Settled, Slot, Snapshot};

use super::World;
use super::disk::Sealed;
use super::jobs::Work;
use super::words::slot_name;
use crate::provider::parse;

/// One tab, and the page in it.
#[derive(Debug)]
pub(crate) struct Tab {
    pub(crate) machine: Machine,
    pub(crate) alive: bool,
    pub(crate) frozen: bool,
    /// Whether this tab alone cannot reach IndexedDB.
    pub(crate) blind: bool,
    pub(crate) storage: Storage,
    pub(super) kept: Option<String>,
    pub(super) memory: (Record, Option<Rc<Session>>),
    pub(super) order: u64,
    pub(super) last: Id,
    /// What the machine asked for, in words.
    pub(crate) log: Vec<String>,
    pub(crate) settled: BTreeMap<Id, Result<Settled, Error>>,
    pub(crate) asked: BTreeSet<Id>,
    pub(crate) snapshot: Option<Snapshot>,
    pub(crate) navigated: Option<String>,
    pub(crate) cleaned: Option<String>,
    /// Whether it was told to go, and not yet that it is back.
    pub(crate) away: bool,
    /// Whether the document is hidden.
    pub(crate) hidden: bool,
    /// Where the page is loaded anew; nothing for its own address.
    pub(crate) leads_to: Option<String>,
    /// The last transaction whose outcome this page knows, and when it came to know it.
    pub(crate) seen: (u64, u64),
}

impl Tab {
    fn new(options: &Rc<Options>, storage: Storage) -> Self {
        Self {
            machine: Machine::new(options.clone()),
            alive: true,
            frozen: false,
            blind: false,
            storage,
            kept: None,
            memory: Default::default(),
            order: 0,
            last: 0,
            log: Vec::new(),
            settled: BTreeMap::new(),
            asked: BTreeSet::new(),
            snapshot: None,
            navigated: None,
            cleaned: None,
            away: false,
            hidden: false,
            leads_to: None,
            seen: (0, 0),
        }
    }
}

/// One tab's session storage.
#[derive(Clone, Debug, Default)]
pub(crate) struct Storage {
    pub(crate) slots: BTreeMap<&'static str, String>,
    /// The name of the key, the slot, and the sealed session.
    pub(super) own: Option<(String, String, Option<Sealed>)>,
}

impl World {
    /// Opens a tab.
    pub(crate) fn open(&mut self) -> usize {
        self.tabs.push(Tab::new(&self.options, Storage::default()));
        self.begin(self.tabs.len() - 1);
        self.tabs.len() - 1
    }

    /// Opens a tab and lets nothing of it run.
    pub(crate) fn open_unheard(&mut self) {
        self.tabs.push(Tab::new(&self.options, Storage::default()));
        self.call(self.tabs.len() - 1, Call::Start { left: None });
    }

    /// Loads the page of a tab anew: memory goes, session storage stays.
    pub(crate) fn reload(&mut self, tab: usize) {
        self.unload(tab, false);
        let (storage, blind) = (self.tabs[tab].storage.clone(), self.tabs[tab].blind);
        self.tabs[tab] = Tab {
            blind,
            ..Tab::new(&self.options, storage)
        };
        self.begin(tab);
    }

    /// Ends a page. With `finishes`, what it had sent is still dealt with, and the answer is lost.
    pub(crate) fn unload(&mut self, tab: usize, finishes: bool) {
        let (own, others): (Vec<_>, Vec<_>) = self.jobs.drain(..).partition(|job| job.tab == tab);
        self.jobs = others;
        for job in own {
            match job.work {
                Work::Commit {
                    place,
                    change,
                    sealed,
                } if finishes => drop(self.transact(tab, place, change, sealed)),
                Work::Fetch(request) if finishes || request.keepalive => {
                    drop(self.provider.answers(&request, self.now))
                }
                _ => {}
            }
        }
    }

    /// Closes a tab.
    pub(crate) fn close(&mut self, tab: usize, finishes: bool) {
        self.unload(tab, finishes);
        self.tabs[tab].alive = false;
        self.tabs[tab].storage = Storage::default();
    }

    /// Puts another page in a tab's place and lets nothing of it run.
    pub(crate) fn begin_anew(&mut self, tab: usize) {
        let storage = self.tabs[tab].storage.clone();
        self.tabs[tab] = Tab::new(&self.options, storage);
        let left = self.read(tab, Slot::Left);
        self.call(tab, Call::Start { left });
    }

    fn begin(&mut self, tab: usize) {
        let left = self.read(tab, Slot::Left);
        self.call(tab, Call::Start { left });
        self.run();
    }

    /// What session storage has in a slot.
    pub(crate) fn read(&self, tab: usize, slot: Slot) -> Option<Json> {
        self.tabs[tab]
            .storage
            .slots
            .get(slot_name(slot))
            .and_then(|text| parse(text))
    }
}
