//! Inputs out of inputs, without coverage: what stable has in libFuzzer's place.

/// Numbers that a seed gives: SplitMix64.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The same seed gives the same numbers.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`, or 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % end.max(1)
    }
}

/// How long an input may become.
const LONGEST: usize = 4096;

/// Changes one input of a corpus in one to four places.
pub fn mutated(corpus: &[Vec<u8>], words: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut input = one(corpus, dice);
    for _ in 0..=dice.below(4) {
        let (from, to) = span(&input, dice);
        match dice.below(8) {
            0 => drop(input.splice(from..to, [])),
            1 => drop(input.splice(from..from, one(words, dice))),
            2 => drop(input.splice(from..to, one(words, dice))),
            3 => {
                let part = input[from..to].to_vec();
                input.splice(to..to, part);
            }
            4 => {
                let other = one(corpus, dice);
                let (start, end) = span(&other, dice);
                input.splice(from..to, other[start..end].iter().copied());
            }
            5 => drop(input.splice(from..from, [dice.below(128) as u8])),
            6 => lines(&mut input, dice),
            _ => {
                if let Some(byte) = input.get_mut(from) {
                    *byte ^= 1 << dice.below(7);
                }
            }
        }
        input.truncate(LONGEST);
    }
    input
}

/// The words of a libFuzzer dictionary: `name="text"` or `"text"`, with `\\`, `\"` and `\xAB`.
pub fn words(dictionary: &str) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    for line in dictionary.lines().filter(|line| !line.starts_with('#')) {
        let (Some(start), Some(end)) = (line.find('"'), line.rfind('"')) else {
            continue;
        };
        let mut word = Vec::new();
        let mut rest = line[start + 1..end.max(start + 1)].bytes();
        while let Some(byte) = rest.next() {
            word.push(match (byte, byte == b'\\') {
                (_, true) => match rest.next() {
                    Some(b'x') => {
                        let mut digit = || {
                            (rest.next().unwrap_or(b'0') as char)
                                .to_digit(16)
                                .unwrap_or(0)
                        };
                        (digit() * 16 + digit()) as u8
                    }
                    other => other.unwrap_or(b'\\'),
                },
                (byte, false) => byte,
            });
        }
        words.push(word);
    }
    words
}

fn one(of: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    of.get(dice.below(of.len())).cloned().unwrap_or_default()
}

/// Mostly a short one.
fn span(input: &[u8], dice: &mut Dice) -> (usize, usize) {
    let from = dice.below(input.len() + 1);
    let most = if dice.below(4) == 0 { input.len() } else { 8 };
    (from, (from + dice.below(most + 1)).min(input.len()))
}

/// Two lines change places, or one is there twice.
fn lines(input: &mut Vec<u8>, dice: &mut Dice) {
    let mut lines: Vec<Vec<u8>> = input
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    let (first, second) = (dice.below(lines.len()), dice.below(lines.len()));
    if dice.below(2) == 0 {
        lines.swap(first, second);
    } else {
        lines.insert(second, lines[first].clone());
    }
    *input = lines.join(&b'\n');
}
