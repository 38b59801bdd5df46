//! Random walks through worlds that are too large to be searched: four tabs, and more of everything.
//!
//! The seed is printed. `NIGHTLATCH_SEED` walks the same ways again, `PROPTEST_CASES` says how many.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use crate::actions::Budget;
use crate::search::Counterexample;
use crate::server::Server;
use crate::state::{Presence, State};
use crate::world::{Carriers, World};
use crate::{say, seed};
use nightlatch::session::Signal;

/// A world, and the way through it.
#[derive(Clone, Debug)]
struct Way {
    tabs: usize,
    signed_in: bool,
    short: bool,
    server: Server,
    carriers: Carriers,
    budget: Budget,
    /// What happens, among what is possible then; and whether it has to be something that goes on by itself.
    turns: Vec<(bool, usize)>,
}

fn way() -> impl Strategy<Value = Way> {
    let carriers = prop_oneof![
        2 => Just(Carriers::Both),
        1 => Just(Carriers::Channel),
        1 => Just(Carriers::None),
    ];
    let budget = (
        1..=4_u8,
        1..=4_u8,
        2..=8_u8,
        0..=4_u8,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    );
    let turns = proptest::collection::vec((prop::bool::weighted(0.7), 0..4096_usize), 1..300);
    let server = (any::<bool>(), any::<bool>());
    let world = (2..=4_usize, any::<bool>(), any::<bool>(), server, carriers);
    (world, budget, turns).prop_map(|(world, budget, turns)| {
        let (tabs, signed_in, short, (grace, by_family), carriers) = world;
        let (sign_ins, sign_outs, tokens, faults, force, alone, provider, users) = budget;
        Way {
            tabs,
            signed_in,
            short,
            server: Server { grace, by_family },
            carriers,
            budget: Budget {
                sign_ins,
                sign_outs,
                tokens,
                faults,
                force,
                alone,
                provider,
                users,
            },
            turns,
        }
    })
}

/// Goes a way to its end, and on until the world is at rest.
fn walk(world: &mut World, way: &Way) -> Result<(), Counterexample> {
    let mut steps = Vec::new();
    world.server = way.server;
    world.carriers = Carriers::Both;
    let mut state = if way.signed_in {
        world.signed_in(way.tabs)
    } else {
        world.signed_out(way.tabs)
    };
    world.carriers = way.carriers;
    let sound = |world: &mut World, steps: &mut Vec<String>| match world.broken.drain(..).next() {
        Some(broken) => Err(Counterexample {
            broken,
            steps: std::mem::take(steps),
        }),
        None => Ok(()),
    };
    for (fair, choice) in &way.turns {
        let mut acts = world.fair(&state);
        if !fair || acts.is_empty() {
            acts = world.acts(&state, &way.budget);
        }
        if acts.is_empty() {
            break;
        }
        let act = acts[choice % acts.len()];
        steps.push(world.words(&state, act));
        state = world.step(&state, act);
        sound(world, &mut steps)?;
    }
    let state = at_rest(world, state);
    world.check_at_rest(&state);
    world.check_after_looking(&state);
    sound(world, &mut steps)
}

/// Everything that is still to come, comes.
fn at_rest(world: &mut World, mut state: State) -> State {
    for tab in 0..state.pages.len() {
        if state.pages[tab].presence == Presence::Frozen {
            state.pages[tab].presence = Presence::Here;
            world.signal(&mut state, tab, Signal::Restored);
        }
    }
    world.settle_down(&state)
}

#[test]
fn larger_worlds_keep_the_rules_too() {
    let seed = seed();
    let cases = std::env::var("PROPTEST_CASES").map_or(5_000, |cases| cases.parse().unwrap());
    say(&format!("{cases} walks, NIGHTLATCH_SEED={seed}"));
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    // What machines do is worked out once for all walks.
    let worlds = [(20, false), (300, false), (20, true), (300, true)].map(|(lifetime, users)| {
        let mut world = World::patient(lifetime);
        world.machines.users = users;
        RefCell::new(world)
    });
    let result = TestRunner::new_with_rng(config, rng).run(&way(), |way| {
        let mut world =
            worlds[usize::from(!way.short) + 2 * usize::from(way.budget.users)].borrow_mut();
        walk(&mut world, &way).map_err(|broken| TestCaseError::fail(broken.to_string()))
    });
    let machines: usize = worlds
        .iter()
        .map(|world| world.borrow().machines.count())
        .sum();
    say(&format!("{machines} machines were met"));
    if let Err(error) = result {
        panic!("NIGHTLATCH_SEED={seed}: {error}");
    }
}
