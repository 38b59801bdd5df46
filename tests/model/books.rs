//! Numbers for things that are too large to stand in a state.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};

/// The number of a thing in its book.
pub(crate) type Number = u32;

/// Everything that has occurred, each once.
///
/// Equality is the thing's own. What `Debug` prints only finds the shelf: secrets do not print.
pub(crate) struct Book<T> {
    things: Vec<T>,
    shelves: HashMap<u64, Vec<Number>>,
}

impl<T: Debug + PartialEq> Book<T> {
    pub(crate) fn new() -> Self {
        Self {
            things: Vec::new(),
            shelves: HashMap::new(),
        }
    }

    pub(crate) fn number(&mut self, thing: T) -> Number {
        let shelf = self
            .shelves
            .entry(digest(&format!("{thing:?}")))
            .or_default();
        for number in shelf.iter() {
            if self.things[*number as usize] == thing {
                return *number;
            }
        }
        let number = Number::try_from(self.things.len()).unwrap();
        shelf.push(number);
        self.things.push(thing);
        number
    }

    pub(crate) fn get(&self, number: Number) -> &T {
        &self.things[number as usize]
    }
}

pub(crate) fn digest(thing: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    thing.hash(&mut hasher);
    hasher.finish()
}
