//! The budgets that are searched completely: `sign-ins/sign-outs/calls for a token/faults`.
//!
//! Each is searched twice: from tabs of somebody who is signed in, and from tabs of nobody. What is too large for that is drawn
//! from: at each depth the search goes on from so many states, and leaves out the others.

use crate::actions::{Act, Budget};
use crate::machines::Told;
use crate::search::{Explored, Reach, explore, explore_deep};
use crate::server::Server;
use crate::state::{Ghost, Presence, Spent, State};
use crate::world::{Carriers, World};
use crate::{mutants, mutations};
use crate::{say, seed};

const STRICT: Server = Server {
    grace: false,
    by_family: false,
};
const BY_FAMILY: Server = Server {
    grace: false,
    by_family: true,
};
pub(crate) const GRACE: Server = Server {
    grace: true,
    by_family: false,
};
pub(crate) const GRACE_BY_FAMILY: Server = Server {
    grace: true,
    by_family: true,
};

/// One world to be searched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) tabs: usize,
    pub(crate) budget: Budget,
    pub(crate) server: Server,
    pub(crate) carriers: Carriers,
    /// Whether access tokens end at once. Else the first is about to end, and those after it last.
    pub(crate) short: bool,
    /// Whether one of the tabs is yet to be opened.
    pub(crate) newcomer: bool,
    /// Whether it is searched depth first.
    pub(crate) deep: bool,
    /// From how many states of each depth the search goes on, if not from all, and which are drawn.
    pub(crate) draw: Option<(usize, u64)>,
}

/// Two tabs, a strict server, no messages, tokens that end at once.
pub(crate) const fn run(sign_ins: u8, sign_outs: u8, tokens: u8, faults: u8) -> Run {
    Run {
        tabs: 2,
        budget: Budget {
            sign_ins,
            sign_outs,
            tokens,
            faults,
            force: false,
            alone: false,
            provider: false,
            users: false,
        },
        server: STRICT,
        carriers: Carriers::None,
        short: true,
        newcomer: false,
        deep: false,
        draw: None,
    }
}

impl Run {
    const fn tabs(self, tabs: usize) -> Self {
        Self { tabs, ..self }
    }

    pub(crate) const fn server(self, server: Server) -> Self {
        Self { server, ..self }
    }

    pub(crate) const fn hears(self, carriers: Carriers) -> Self {
        Self { carriers, ..self }
    }

    pub(crate) const fn long(self) -> Self {
        Self {
            short: false,
            ..self
        }
    }

    pub(crate) const fn newcomer(self) -> Self {
        Self {
            newcomer: true,
            ..self
        }
    }

    const fn forces(mut self) -> Self {
        self.budget.force = true;
        self
    }

    pub(crate) const fn provider(mut self) -> Self {
        self.budget.provider = true;
        self
    }

    pub(crate) const fn users(mut self) -> Self {
        self.budget.users = true;
        self
    }

    const fn alone(mut self) -> Self {
        self.budget.alone = true;
        self
    }

    pub(crate) fn world(&self) -> World {
        let mut world = World::new(self.server, if self.short { 20 } else { 300 });
        world.machines.users = self.budget.users;
        world
    }

    /// Searches, from tabs of somebody or nobody.
    pub(crate) fn explore(&self, signed_in: bool, limit: usize, wanted: &[&str]) -> Explored {
        let mut world = self.world();
        let mut from = if signed_in {
            world.signed_in(self.tabs)
        } else {
            world.signed_out(self.tabs)
        };
        world.carriers = self.carriers;
        let mutation = std::env::var(mutants::SWITCH);
        let mutation = mutation.as_deref().unwrap_or_default();
        world.hasty = mutation == mutations::HASTY;
        world.deaf = mutation == mutations::DEAF;
        if let Some(page) = from.pages.last_mut().filter(|_| self.newcomer) {
            page.presence = Presence::Unopened;
            page.machine = world.machines.fresh();
            (page.shown, page.user) = (None, None);
        }
        if self.deep {
            return explore_deep(&mut world, &from, &self.budget);
        }
        let reach = self
            .draw
            .map_or(Reach::All(limit), |(width, seed)| Reach::Draw(width, seed));
        explore(&mut world, &from, &self.budget, reach, wanted)
    }

    /// Searches both, prints what was explored, and fails at the first thing that is broken.
    fn holds(&self) {
        for signed_in in [true, false] {
            let explored = self.explore(signed_in, 60_000_000, &[]);
            let Explored {
                states,
                transitions,
                at_rest,
                depth,
                truncated,
                left_out,
                broken,
            } = explored;
            let from = if signed_in { "somebody" } else { "nobody" };
            say(&format!(
                "{self}, {from}: {states} states, {transitions} transitions, {at_rest} at rest, depth {depth}{}",
                match left_out {
                    0 => String::new(),
                    left_out => format!(", {left_out} left out"),
                }
            ));
            if let Some(broken) = broken {
                panic!("{self}: {broken}");
            }
            assert!(!truncated, "{self} is too large");
        }
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            tabs,
            budget,
            server,
            carriers,
            short,
            newcomer,
            deep: _,
            draw: _,
        } = self;
        let said = [
            (server.grace, ", grace"),
            (server.by_family, ", revokes by family"),
            (*carriers == Carriers::Channel, ", channel"),
            (*carriers == Carriers::Both, ", channel and storage"),
            (!short, ", tokens that last"),
            (budget.force, ", forced"),
            (budget.alone, ", also alone"),
            (budget.provider, ", also at the provider"),
            (*newcomer, ", one not yet open"),
            (budget.users, ", two users"),
        ];
        write!(formatter, "{tabs} tabs, {budget}")?;
        said.iter()
            .filter(|(is, _)| *is)
            .try_for_each(|(_, words)| write!(formatter, "{words}"))
    }
}

impl World {
    /// Tabs of somebody who is signed in.
    pub(crate) fn signed_in(&mut self, tabs: usize) -> State {
        let state = self.begin(tabs);
        let state = self.settle_down(&state);
        let state = self.step(&state, Act::Call(0, Told::Login { drawn: 100 }));
        let state = self.settle_down(&state);
        let state = self.step(&state, Act::ComeBack(0));
        let mut state = self.settle_down(&state);
        // The first access token is about to end, whatever those after it do.
        self.age();
        // Every page is one that has just been opened.
        for tab in 0..tabs {
            self.reload(&mut state, tab);
            state = self.settle_down(&state);
        }
        assert!(
            state.pages.iter().all(|page| page.shown.is_some()),
            "{state:?}"
        );
        assert_eq!(self.broken, []);
        state.spent = Spent::default();
        state.ghost = Ghost::default();
        state
    }

    /// Tabs of nobody.
    pub(crate) fn signed_out(&mut self, tabs: usize) -> State {
        let state = self.begin(tabs);
        self.settle_down(&state)
    }
}

/// How deep to search: `NIGHTLATCH_DEPTH`, 1 unless told.
fn depth() -> u8 {
    std::env::var("NIGHTLATCH_DEPTH")
        .ok()
        .and_then(|depth| depth.parse().ok())
        .unwrap_or(1)
}

fn all_hold(runs: &[(u8, Run)]) {
    for (depth, run) in runs.iter().filter(|(wanted, _)| *wanted <= depth()) {
        let deep = *depth > 3;
        Run { deep, ..*run }.holds();
    }
}

#[test]
fn two_tabs_that_hear_nothing_of_each_other() {
    all_hold(&[
        (1, run(0, 1, 2, 1)),
        (1, run(0, 0, 2, 2)),
        (1, run(0, 0, 3, 1)),
        (1, run(0, 1, 1, 2)),
        (1, run(1, 0, 1, 1)),
        (1, run(1, 1, 0, 2)),
        (1, run(1, 1, 1, 1)),
        (1, run(0, 2, 1, 1)),
        (1, run(1, 2, 0, 1)),
        (1, run(2, 1, 0, 0)),
        (2, run(0, 0, 3, 2)),
        (2, run(2, 1, 0, 1)),
        (1, run(2, 0, 1, 0)),
        (2, run(1, 1, 2, 0)),
        (2, run(2, 1, 1, 0)),
        (2, run(0, 1, 2, 2)),
        (2, run(1, 1, 1, 2)),
        (2, run(1, 1, 2, 1)),
        (2, run(2, 1, 1, 1)),
        (4, run(1, 2, 2, 1)),
        (4, run(2, 2, 1, 0)),
    ]);
}

#[test]
fn two_tabs_that_tell_each_other() {
    let (both, channel) = (Carriers::Both, Carriers::Channel);
    all_hold(&[
        (1, run(0, 1, 1, 0).hears(both)),
        (1, run(0, 1, 1, 1).hears(both)),
        (1, run(0, 0, 2, 0).hears(both)),
        (1, run(1, 0, 1, 0).hears(both)),
        (1, run(1, 1, 0, 0).hears(both).alone()),
        (1, run(0, 2, 0, 0).hears(both).alone()),
        (1, run(0, 1, 2, 0).hears(channel)),
        (1, run(0, 2, 1, 0).hears(channel).alone()),
        (1, run(1, 1, 1, 0).hears(channel)),
        (1, run(1, 1, 0, 1).hears(channel)),
        (1, run(1, 2, 0, 0).hears(channel).alone()),
        (1, run(1, 1, 0, 0).hears(both).provider()),
        (1, run(1, 1, 0, 1).hears(channel).provider()),
        (1, run(0, 2, 0, 0).hears(channel).provider()),
        (2, run(0, 2, 0, 0).hears(both).provider()),
        (2, run(1, 2, 0, 0).hears(channel).provider()),
        (1, run(0, 1, 1, 0).hears(channel).newcomer()),
        (1, run(1, 1, 0, 0).hears(channel).newcomer()),
        (1, run(1, 0, 1, 0).hears(channel).users()),
        (1, run(1, 0, 1, 1).users()),
        (2, run(1, 1, 1, 0).hears(channel).users()),
        (2, run(0, 1, 2, 1).hears(channel)),
        (2, run(1, 1, 1, 0).hears(channel).alone()),
        (2, run(2, 1, 0, 0).hears(channel)),
        (2, run(0, 2, 1, 1).hears(channel)),
        (2, run(1, 1, 1, 0).hears(both)),
        (2, run(0, 1, 2, 0).hears(both)),
    ]);
}

#[test]
fn three_tabs() {
    all_hold(&[
        (1, run(0, 1, 1, 1).tabs(3)),
        (1, run(0, 1, 2, 0).tabs(3)),
        (1, run(1, 1, 1, 0).tabs(3)),
        (1, run(1, 1, 0, 1).tabs(3)),
        (1, run(0, 0, 3, 0).tabs(3)),
        (1, run(0, 2, 1, 0).tabs(3)),
        (1, run(0, 1, 1, 0).tabs(3).hears(Carriers::Channel)),
        (1, run(1, 1, 0, 0).tabs(3).hears(Carriers::Channel)),
        (2, run(0, 1, 2, 1).tabs(3)),
        (2, run(0, 1, 1, 2).tabs(3)),
        (2, run(0, 0, 3, 1).tabs(3)),
        (2, run(2, 1, 1, 0).tabs(3)),
        (2, run(1, 1, 1, 1).tabs(3)),
        (2, run(0, 1, 2, 0).tabs(3).hears(Carriers::Channel)),
    ]);
}

#[test]
fn other_servers_and_other_tokens() {
    all_hold(&[
        (1, run(0, 1, 1, 1).server(GRACE)),
        (2, run(0, 1, 2, 1).server(GRACE)),
        (1, run(0, 0, 2, 2).server(GRACE)),
        (1, run(0, 0, 3, 1).server(GRACE)),
        (2, run(0, 1, 2, 1).server(BY_FAMILY)),
        (1, run(1, 1, 1, 0).server(BY_FAMILY)),
        (1, run(0, 1, 2, 1).server(GRACE_BY_FAMILY)),
        (2, run(0, 1, 2, 1).long()),
        (1, run(0, 1, 2, 1).long().forces()),
        (1, run(0, 1, 2, 0).long().forces().hears(Carriers::Channel)),
        (2, run(0, 1, 3, 1).server(GRACE)),
        (2, run(1, 1, 1, 1).server(GRACE_BY_FAMILY)),
        (2, run(0, 1, 3, 1).long()),
    ]);
}

/// The reference's other budgets: the machine has many more states in each than the small model had that it comes from.
#[test]
fn what_is_too_large_is_drawn_from() {
    let seed = seed();
    let width = match depth() {
        1 => 250,
        2 => 2_500,
        _ => 25_000,
    };
    say(&format!(
        "{width} states of each depth, NIGHTLATCH_SEED={seed}"
    ));
    for run in [
        run(1, 2, 2, 1),
        run(2, 2, 1, 0),
        run(1, 1, 2, 2),
        run(1, 1, 2, 2).server(GRACE_BY_FAMILY),
        run(2, 1, 2, 1).server(BY_FAMILY),
        run(2, 2, 2, 1),
        run(2, 2, 2, 1).hears(Carriers::Channel),
        run(2, 2, 1, 1).hears(Carriers::Both).provider().users(),
        run(1, 1, 2, 1).tabs(3),
        run(1, 1, 1, 2).tabs(3).newcomer(),
        run(2, 1, 0, 1).tabs(3),
        run(0, 1, 3, 1).tabs(3),
    ] {
        Run {
            draw: Some((width, seed)),
            ..run
        }
        .holds();
    }
}

/// A draw finds what a complete search finds.
#[test]
fn a_draw_finds_what_is_known() {
    let run = run(0, 2, 1, 0).hears(Carriers::Channel);
    let mut world = run.world();
    let from = world.signed_in(run.tabs);
    world.carriers = run.carriers;
    world.excuses = false;
    let found = explore(
        &mut world,
        &from,
        &run.budget,
        Reach::Draw(1_000, 1),
        &["P2a"],
    );
    assert!(found.left_out > 0 && found.broken.is_some(), "{found:?}");
}

/// Known, and not mended yet: between the moment in which a sign-out takes the key share and its
/// commit, another tab may take the session out, by a sign-out or a first look. It has no key to open
/// what it takes out. Whoever has the key finds nothing, and revokes what its memory holds, which may be
/// rotated away. What lives on stands in the ledger.
#[test]
fn what_another_tab_has_the_key_of_may_live_on_and_is_noted() {
    let search = |run: Run, wanted: &[&str]| {
        let mut world = run.world();
        let from = world.signed_in(run.tabs);
        world.carriers = run.carriers;
        world.excuses = false;
        let reach = Reach::All(3_000_000);
        explore(&mut world, &from, &run.budget, reach, wanted).broken
    };
    let run = run(0, 2, 1, 0).hears(Carriers::Channel);
    assert!(
        search(run, &["P2n"]).is_some(),
        "the ledger is clean: mended?"
    );
    assert!(search(run, &["P2a"]).is_some(), "nothing lives on: mended?");
    assert!(search(run, &["P1e", "P1u", "P2b"]).is_none());
}

/// `NIGHTLATCH_BUDGET="3 1/1/1/1 grace family channel both long force alone provider newcomer users deep draw=1000"` searches that.
#[test]
fn a_budget_of_ones_own() {
    let Ok(asked) = std::env::var("NIGHTLATCH_BUDGET") else {
        return;
    };
    let has = |word| asked.split(' ').any(|own| own == word);
    let mut words = asked.split(' ');
    let tabs = words.next().unwrap().parse().unwrap();
    let budget: Vec<_> = words
        .next()
        .unwrap()
        .split('/')
        .map(|number| number.parse().unwrap())
        .collect();
    let mut run = run(budget[0], budget[1], budget[2], budget[3]).tabs(tabs);
    run.server = Server {
        grace: has("grace"),
        by_family: has("family"),
    };
    if has("channel") {
        run.carriers = Carriers::Channel;
    }
    if has("both") {
        run.carriers = Carriers::Both;
    }
    run.short = !has("long");
    run.newcomer = has("newcomer");
    run.deep = has("deep");
    let width = words.find_map(|word| word.strip_prefix("draw=")?.parse().ok());
    run.draw = width.map(|width| (width, seed()));
    run.budget.force = has("force");
    run.budget.alone = has("alone");
    run.budget.provider = has("provider");
    run.budget.users = has("users");
    run.holds();
}
