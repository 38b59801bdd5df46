//! The search: breadth first, each state once, so that a counterexample is a shortest one. Where there are too many
//! states, depth first, where none is kept that waits; or breadth first, from so many of each depth, drawn by chance.

use std::collections::HashSet;
use std::fmt::Write;

use nightlatch::session::Signal;

use crate::actions::{Act, Budget};
use crate::books::digest;
use crate::state::State;
use crate::world::{Broken, World};

/// What was explored.
#[derive(Debug, Default)]
pub(crate) struct Explored {
    pub(crate) states: usize,
    pub(crate) transitions: usize,
    /// States in which nothing goes on by itself.
    pub(crate) at_rest: usize,
    pub(crate) depth: usize,
    /// Whether there was more than the limit.
    pub(crate) truncated: bool,
    /// States that a draw has left out.
    pub(crate) left_out: usize,
    pub(crate) broken: Option<Counterexample>,
}

#[derive(Debug)]
pub(crate) struct Counterexample {
    pub(crate) broken: Broken,
    pub(crate) steps: Vec<String>,
}

/// How much is explored.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reach {
    /// Everything, if it is no more than so many states.
    All(usize),
    /// What comes of so many states of each depth, drawn by chance: those with the lowest digests, by this seed.
    Draw(usize, u64),
}

/// Explores what may come of a state, or the first that breaks a property of `wanted` (all, if empty).
pub(crate) fn explore(
    world: &mut World,
    from: &State,
    budget: &Budget,
    reach: Reach,
    wanted: &[&str],
) -> Explored {
    let mut explored = Explored::default();
    let mut seen = HashSet::from([from.name()]);
    // For each state, whence it came: the state before, and the number of the act.
    let mut origins: Vec<(u32, u16)> = vec![(0, 0)];
    let mut frontier = vec![(0_u32, from.clone())];
    while !frontier.is_empty() {
        let mut next = Vec::new();
        for (number, state) in frontier {
            rest(world, &state, &mut explored);
            if let Some(broken) = found(world, wanted) {
                let steps = retrace(world, from, budget, &origins, number, None);
                explored.broken = Some(Counterexample { broken, steps });
                explored.states = seen.len();
                return explored;
            }
            for (choice, act) in world.acts(&state, budget).into_iter().enumerate() {
                let after = world.step(&state, act);
                explored.transitions += 1;
                if let Some(broken) = found(world, wanted) {
                    let steps = retrace(world, from, budget, &origins, number, Some(act));
                    explored.broken = Some(Counterexample { broken, steps });
                    explored.states = seen.len();
                    return explored;
                }
                if seen.insert(after.name()) {
                    let own = u32::try_from(origins.len()).unwrap();
                    origins.push((number, u16::try_from(choice).unwrap()));
                    next.push((own, after));
                }
            }
            if let Reach::All(limit) = reach
                && seen.len() > limit
            {
                explored.truncated = true;
                explored.states = seen.len();
                return explored;
            }
        }
        if let Reach::Draw(width, seed) = reach
            && next.len() > width
        {
            explored.left_out += next.len() - width;
            next.sort_by_cached_key(|(_, state): &(u32, State)| digest(&(seed, state.name())));
            next.truncate(width);
        }
        frontier = next;
        explored.depth += 1;
    }
    explored.states = seen.len();
    explored
}

/// Explores the same depth first: of a state that was seen nothing is kept but its name.
pub(crate) fn explore_deep(world: &mut World, from: &State, budget: &Budget) -> Explored {
    let mut explored = Explored::default();
    let mut seen = HashSet::from([from.name()]);
    // The way to where the search is: each state, what may happen in it, and how much of that was tried.
    let mut way = vec![(from.clone(), world.acts(from, budget), 0)];
    rest(world, from, &mut explored);
    while let Some((state, acts, tried)) = way.last_mut() {
        let Some(act) = acts.get(*tried).copied() else {
            way.pop();
            continue;
        };
        *tried += 1;
        let after = world.step(state, act);
        explored.transitions += 1;
        if seen.insert(after.name()) {
            if seen.len().is_multiple_of(10_000_000) {
                crate::say(&format!("… {} million states", seen.len() / 1_000_000));
            }
            rest(world, &after, &mut explored);
            let acts = world.acts(&after, budget);
            way.push((after, acts, 0));
            explored.depth = explored.depth.max(way.len() - 1);
        }
        if let Some(broken) = found(world, &[]) {
            // In the last state nothing was tried yet, if it is the state that is wrong.
            let steps = way
                .iter()
                .filter(|(_, _, tried)| *tried > 0)
                .map(|(state, acts, tried)| world.words(state, acts[tried - 1]))
                .collect();
            explored.broken = Some(Counterexample { broken, steps });
            break;
        }
    }
    explored.states = seen.len();
    explored
}

/// Looks at a state in which nothing goes on by itself.
fn rest(world: &mut World, state: &State, explored: &mut Explored) {
    if world.fair(state).is_empty() {
        explored.at_rest += 1;
        world.check_at_rest(state);
        world.check_after_looking(state);
    }
}

fn found(world: &mut World, wanted: &[&str]) -> Option<Broken> {
    std::mem::take(&mut world.broken)
        .into_iter()
        .find(|broken| wanted.is_empty() || wanted.contains(&broken.property))
}

/// Tells in words how a state is reached.
fn retrace(
    world: &mut World,
    from: &State,
    budget: &Budget,
    origins: &[(u32, u16)],
    to: u32,
    last: Option<Act>,
) -> Vec<String> {
    let mut choices = Vec::new();
    let mut at = to;
    while at != 0 {
        let (before, choice) = origins[at as usize];
        choices.push(choice);
        at = before;
    }
    let mut state = from.clone();
    let mut steps = Vec::new();
    for choice in choices.into_iter().rev() {
        let act = world.acts(&state, budget)[usize::from(choice)];
        steps.push(world.words(&state, act));
        state = world.step(&state, act);
    }
    steps.extend(last.map(|act| world.words(&state, act)));
    world.broken.clear();
    steps
}

impl World {
    /// Everything that goes on by itself goes on, each in turn.
    pub(crate) fn settle_down(&mut self, state: &State) -> State {
        let mut state = state.clone();
        for turn in 0..1000 {
            let mut fair = self.fair(&state);
            let naps = fair.clone();
            // Who naps has nothing else to do.
            fair.retain(|act| !self.is_nap(&state, *act));
            let acts = if fair.is_empty() { naps } else { fair };
            if acts.is_empty() {
                return state;
            }
            state = self.step(&state, acts[turn % acts.len()]);
        }
        self.breaks("P4", "it never comes to rest".to_owned());
        state
    }

    /// When every page has looked once more, pages and record agree, whatever failed before.
    pub(crate) fn check_after_looking(&mut self, state: &State) {
        let mut state = state.clone();
        for tab in 0..state.pages.len() {
            if state.pages[tab].is_here() {
                self.signal(&mut state, tab, Signal::Look);
            }
        }
        let state = self.settle_down(&state);
        self.check_views(&state);
    }
}

impl std::fmt::Display for Counterexample {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        for (at, step) in self.steps.iter().enumerate() {
            writeln!(text, "  {:2} {step}", at + 1)?;
        }
        let Broken { property, how } = &self.broken;
        write!(
            formatter,
            "{property} in {} steps: {how}\n{text}",
            self.steps.len()
        )
    }
}
