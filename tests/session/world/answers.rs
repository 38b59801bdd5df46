//! What can be asked afterwards: of a page, and of the record.

use nightlatch::session::{Id, Output, Record, Session, Settled, Status};
use serde_json::Value;

use super::World;
use super::words::output_words;
use crate::provider::{core, parse, plain};

impl World {
    /// The status that a page shows.
    pub(crate) fn status(&self, tab: usize) -> Status {
        self.tabs[tab]
            .snapshot
            .as_ref()
            .map_or(Status::SignedOut, |snapshot| snapshot.status)
    }

    /// The user that a page shows.
    pub(crate) fn user(&self, tab: usize) -> Option<String> {
        Some(
            self.tabs[tab]
                .snapshot
                .as_ref()?
                .user
                .as_ref()?
                .subject()
                .to_owned(),
        )
    }

    /// What a call came to, in a word: the token, or the code of the error.
    #[track_caller]
    pub(crate) fn outcome(&self, tab: usize, id: Id) -> String {
        let result = self.tabs[tab]
            .settled
            .get(&id)
            .expect("the call is not settled")
            .clone();
        output_words(&Output::Settle { id, result })["settle ".len()..].to_owned()
    }

    /// Whether a call has been answered.
    pub(crate) fn is_settled(&self, tab: usize, id: Id) -> bool {
        self.tabs[tab].settled.contains_key(&id)
    }

    /// The report that a sign-out came to.
    #[track_caller]
    pub(crate) fn report(&self, tab: usize, id: Id) -> Value {
        match self.tabs[tab].settled.get(&id) {
            Some(Ok(Settled::Told(report) | Settled::Returned { report, .. })) => plain(report),
            other => panic!("no report but {other:?}"),
        }
    }

    /// What a machine asked for since this was last asked, in words.
    pub(crate) fn log(&mut self, tab: usize) -> Vec<String> {
        std::mem::take(&mut self.tabs[tab].log)
    }

    /// Empties the logs of all tabs.
    pub(crate) fn forget_logs(&mut self) {
        self.tabs.iter_mut().for_each(|tab| tab.log.clear());
    }

    /// The record as a transaction would read it.
    pub(crate) fn record(&self) -> Record {
        let read = |text: &Option<String>| {
            text.as_ref()
                .and_then(|text| parse(text))
                .unwrap_or(core(Value::Null))
        };
        Record::from_json(&read(&self.disk.head), &read(&self.disk.slot), self.now)
    }

    /// The session that a new tab would find.
    pub(crate) fn session(&self) -> Option<Session> {
        if !self.record().is_live(self.cookie.is_some(), self.now) {
            return None;
        }
        self.open_sealed(self.disk.sealed.as_ref(), [self.cookie.as_deref(), None])
    }

    /// What stands in the ledger, by kind.
    pub(crate) fn ledger(&self) -> Vec<String> {
        self.record()
            .ledger
            .iter()
            .map(|entry| format!("{:?}", entry.kind))
            .collect()
    }

    /// Everything that stands at rest, for those who look for secrets.
    pub(crate) fn at_rest(&self) -> String {
        format!("{:?} {:?}", self.disk.head, self.disk.slot)
    }
}
