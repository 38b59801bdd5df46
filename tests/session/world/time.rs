//! Time and chance: what may go on, and when.

use super::{Job, Work, World};

impl World {
    /// What the browser's wall clock says.
    pub(crate) fn clock(&self) -> u64 {
        self.now.saturating_add_signed(self.ahead)
    }

    /// Holds back whatever has a name that begins so. Names: `commit Look`, `opened Look` (its reply),
    /// `refresh RT1.0`, `answer to refresh RT1.0`, `message`, `mark`.
    pub(crate) fn hold(&mut self, name: &str) {
        self.held.insert(name.to_owned());
    }

    /// Holds that back no more, and lets everything go on.
    pub(crate) fn release(&mut self, name: &str) {
        assert!(self.held.remove(name), "nothing holds {name}");
        self.run();
    }

    /// Holds that back no more, and lets nothing go on by itself.
    pub(crate) fn held_no_more_of(&mut self, name: &str) {
        self.held.remove(name);
    }

    /// Holds nothing back any more, and lets nothing go on by itself.
    pub(crate) fn held_no_more(&mut self) {
        self.held.clear();
    }

    /// Loses what is held back by that name.
    pub(crate) fn lose(&mut self, name: &str) {
        self.jobs.retain(|job| !job.name.starts_with(name));
    }

    /// Whether something under way can go on now.
    pub(crate) fn may_run(&self, job: &Job) -> bool {
        let tab = &self.tabs[job.tab];
        let due = if let Work::Wait(until) = job.work {
            until <= self.now
        } else {
            job.due.is_none_or(|due| due <= self.now)
        };
        due && tab.alive
            && !tab.frozen
            && !self
                .held
                .iter()
                .any(|held| job.name.starts_with(held.as_str()))
    }

    /// Lets everything go on that can, while the clock stands still.
    pub(crate) fn run(&mut self) {
        let mut steps = 0;
        while let Some(at) = (0..self.jobs.len()).find(|at| self.may_run(&self.jobs[*at])) {
            self.step(at);
            steps += 1;
            assert!(
                steps < 10_000,
                "it never ends: {:?}",
                self.jobs.iter().map(|job| &job.name).collect::<Vec<_>>()
            );
        }
    }

    /// Lets time go by, timer by timer.
    pub(crate) fn pass(&mut self, ms: u64) {
        let end = self.now + ms;
        self.run();
        loop {
            let due = self.jobs.iter().filter_map(|job| match job.work {
                Work::Wait(until) if until > self.now => Some(until),
                _ => None,
            });
            match due.min() {
                Some(next) if next <= end => self.now = next,
                _ => break,
            }
            self.run();
        }
        self.now = end;
        self.run();
    }
}
