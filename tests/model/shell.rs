//! Performs what machines ask for, in the way in which the real shell does.

use std::collections::VecDeque;

use nightlatch::session::{Id, Slot, Status};

use crate::books::digest;
use crate::machines::{NOBODY, Told, Wish};
use crate::server::Ask;
use crate::state::{Job, Page, Presence, State, What, Work, family};
use crate::world::{Carriers, World};

impl World {
    /// Tells a machine something, performs what it asks for, and answers what is answered at once.
    pub(crate) fn tell(&mut self, state: &mut State, tab: usize, id: Id, part: u8, told: Told) {
        let mut next = VecDeque::from([(id, part, told)]);
        while let Some((id, part, told)) = next.pop_front() {
            let now = self.now(state, told);
            let turn = self
                .machines
                .tell(state.pages[tab].machine, now, id, part, told);
            if turn.misuse {
                assert!(What::of(told).is_none(), "{told:?} was refused");
                continue;
            }
            let page = &mut state.pages[tab];
            page.machine = turn.machine;
            page.order = turn.order;
            for job in &mut page.jobs {
                job.id = turn.id(job.id);
                if let Work::Open { sight, .. } = &mut job.work {
                    sight.order = sight.order.saturating_add_signed(turn.shift);
                }
            }
            for (id, ..) in &mut page.queue {
                *id = turn.id(*id);
            }
            page.close_ranks();
            for (id, ..) in &mut next {
                *id = turn.id(*id);
            }
            sort(page);
            for wish in &turn.wishes {
                if let Wish::Now(id, part, told) = *wish {
                    if told == Told::Wiped {
                        let storage = &mut state.pages[tab].storage;
                        (storage.sign_in, storage.sign_out, storage.left) = (None, None, None);
                    }
                    next.push_back((id, part, told));
                    if matches!(told, Told::Wiped | Told::WipedTheirs) {
                        next.push_back((id, part, Told::CleanedUp));
                    }
                } else {
                    self.perform(state, tab, *wish);
                }
            }
        }
        self.arrive(state, tab);
    }

    fn perform(&mut self, state: &mut State, tab: usize, wish: Wish) {
        let page = &mut state.pages[tab];
        match wish {
            Wish::Ask(id, part, ask) => {
                if let Ask::Refresh(token) = ask {
                    self.sends(state, tab, token);
                }
                let page = &mut state.pages[tab];
                put(
                    page,
                    Job {
                        id,
                        part,
                        work: Work::Fetch(ask),
                    },
                );
            }
            Wish::Commit(id, part, change) => {
                let work = self.seal(state, change);
                let page = &mut state.pages[tab];
                put(page, Job { id, part, work });
                // A page's transactions begin in order. Sealing goes before, and takes what it takes.
                if self.machines.changes.get(change).session().is_none() {
                    page.queue.push((id, part, change));
                }
            }
            Wish::Forget => page.kept = None,
            Wish::Hide => page.hidden = true,
            Wish::Reveal => page.hidden = false,
            Wish::Keep(Slot::SignIn, value) => page.storage.sign_in = value,
            Wish::Keep(_, value) => page.storage.sign_out = value,
            Wish::Left(left) => page.storage.left = left,
            Wish::Mark | Wish::Post => {
                for (other, page) in state.pages.iter_mut().enumerate() {
                    if other == tab {
                        continue;
                    }
                    match (wish, page.presence) {
                        (Wish::Mark, Presence::Here | Presence::Frozen) => {
                            page.mark |= self.carriers == Carriers::Both;
                        }
                        // A page that is frozen hears no message.
                        (Wish::Post, Presence::Here) => {
                            page.message |= self.carriers != Carriers::None
                                && !(self.deaf && page.awaits(What::Start));
                        }
                        _ => {}
                    }
                }
            }
            Wish::Nap(id, part) => put(
                page,
                Job {
                    id,
                    part,
                    work: Work::Nap,
                },
            ),
            Wish::Navigate(address) => page.leaving = Some(address),
            Wish::Now(..) => unreachable!("answered by `tell`"),
            Wish::Settle(id, outcome) => self.settle(state, tab, id, outcome),
            Wish::Show(status, token) => {
                page.status = status;
                page.shown = token.filter(|_| status == Status::SignedIn);
                page.user = token.map(|token| self.machines.user(token));
            }
            Wish::Shut => {
                // What stands in the record is ended as soon as the share is gone.
                if let Some(token) = self.in_record(state) {
                    state.ghost.ended |= family(token.family);
                }
                if let Some(share) = state.cookie.take() {
                    state.pages[tab].kept = Some(share);
                }
            }
            Wish::Stay(id, part) => put(
                page,
                Job {
                    id,
                    part,
                    work: Work::Stay,
                },
            ),
        }
    }
}

pub(crate) fn put(page: &mut Page, job: Job) {
    page.jobs.push(job);
    sort(page);
}

fn sort(page: &mut Page) {
    page.jobs.sort_by_cached_key(|job| {
        let same = if job.id == NOBODY {
            digest(&job.work)
        } else {
            0
        };
        (job.id, job.part, same)
    });
}
