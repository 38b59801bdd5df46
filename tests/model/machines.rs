//! The real machines. Each machine that occurs is kept once, and what it does with an input is
//! worked out once.
//!
//! Machines number what they do on their own, and go on counting. Two that differ in nothing but
//! these numbers are one here: the numbers are translated wherever they stand outside.

use std::collections::HashMap;
use std::rc::Rc;

use nightlatch::protocol::Options;
use nightlatch::session::{Change, Id, Machine, Session, Signal, Slot, Status};
use serde_json::json;

use crate::books::{Book, Number, digest};
use crate::provider::{ISSUER, core, parse};
use crate::server::{Answer, Ask, Token};
use crate::state::{Sight, What};

pub(crate) const CALLBACK: &str = "https://app.example/callback";
const ORIGIN: &str = "https://app.example";
/// When the world begins.
pub(crate) const START: u64 = 1_790_000_000_000;
/// Above it are the numbers of what machines do on their own.
pub(crate) const OWN: Id = 1 << 31;
/// Nobody: a reply to it is of no use to anyone.
pub(crate) const NOBODY: Id = 0;

/// What a machine is told.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Told {
    Answer(Answer),
    Callback {
        address: Number,
        sign_in: Option<Number>,
    },
    Committed {
        sight: Sight,
        session: Option<Number>,
    },
    CleanedUp,
    Digest,
    Login {
        drawn: u8,
    },
    Logout(Reach),
    Probed,
    Signal(Signal),
    Start {
        left: Option<u64>,
    },
    Token {
        force: bool,
    },
    Wiped,
    /// Nothing of nightlatch's.
    WipedTheirs,
    Woken,
}

/// How far a sign-out reaches.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Reach {
    App,
    Provider,
    Tab,
}

/// What a machine asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wish {
    Ask(Id, u8, Ask),
    /// A transaction.
    Commit(Id, u8, Number),
    Forget,
    Hide,
    Keep(Slot, Option<Number>),
    Left(Option<u64>),
    Mark,
    Nap(Id, u8),
    Navigate(Number),
    /// What is answered at once, in this way.
    Now(Id, u8, Told),
    Post,
    Reveal,
    Settle(Id, Outcome),
    Show(Status, Option<Token>),
    Shut,
    Stay(Id, u8),
}

/// How a call ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    Done,
    Failed,
    Superseded,
    Token(Token),
}

/// What came of telling a machine something.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) machine: Number,
    /// Whether it was refused, and nothing changed.
    pub(crate) misuse: bool,
    pub(crate) wishes: Vec<Wish>,
    /// The machine's own numbers: as they were, as they are.
    numbers: Vec<(Id, Id)>,
    /// The last transaction that it has taken over, and what to add to the orders of others.
    pub(crate) order: u64,
    pub(crate) shift: i64,
}

impl Turn {
    /// The number that an operation has now.
    pub(crate) fn id(&self, id: Id) -> Id {
        if id <= OWN {
            return id;
        }
        let now = self.numbers.iter().find(|(before, _)| *before == id);
        now.map_or(NOBODY, |(_, now)| *now)
    }
}

pub(crate) struct Machines {
    options: Rc<Options>,
    kept: Vec<Kept>,
    known: HashMap<(u64, u64), Number>,
    turns: HashMap<(Number, u64, Id, u8, Told), Rc<Turn>>,
    pub(crate) changes: Book<Change>,
    pub(crate) sessions: Book<Rc<Session>>,
    pub(crate) texts: Book<String>,
    /// How long an access token lasts, in seconds.
    pub(crate) lifetime: u64,
    /// Whether every second family is another person's.
    pub(crate) users: bool,
}

struct Kept {
    machine: Machine,
    own: Vec<Id>,
    is_idle: bool,
    uncounted: Uncounted,
}

/// In what two machines may differ that are one here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Uncounted {
    /// The last number that it has given away.
    own: Id,
    /// The last transaction that it has taken over. It is only held against others.
    order: u64,
}

impl Machines {
    pub(crate) fn new(lifetime: u64) -> Self {
        let options = core(json!({
            "issuer": ISSUER, "clientId": "spa", "redirectUri": CALLBACK,
            "metadata": {
                "issuer": ISSUER,
                "authorization_endpoint": "https://id.example/authorize",
                "token_endpoint": "https://id.example/token",
                "revocation_endpoint": "https://id.example/revoke",
            },
        }));
        Self {
            options: Rc::new(Options::parse(&options, ORIGIN).unwrap()),
            kept: Vec::new(),
            known: HashMap::new(),
            turns: HashMap::new(),
            changes: Book::new(),
            sessions: Book::new(),
            texts: Book::new(),
            lifetime,
            users: false,
        }
    }

    /// Whose tokens they are.
    pub(crate) fn user(&self, token: Token) -> &'static str {
        if self.users && token.family % 2 == 1 {
            "grace"
        } else {
            "ada"
        }
    }

    /// A machine that knows nothing yet.
    pub(crate) fn fresh(&mut self) -> Number {
        self.keep(Machine::new(self.options.clone())).machine
    }

    /// How many machines have occurred.
    pub(crate) fn count(&self) -> usize {
        self.kept.len()
    }

    /// Whether a machine has nothing under way.
    pub(crate) fn is_idle(&self, machine: Number) -> bool {
        self.kept[machine as usize].is_idle
    }

    pub(crate) fn word_of(&self, change: Number) -> String {
        let text = format!("{:?}", self.changes.get(change));
        text.split([' ', '{']).next().unwrap().to_owned()
    }

    pub(crate) fn session_token(&self, session: Number) -> Token {
        Token::read(&self.sessions.get(session).scope).unwrap()
    }

    /// Tells a machine something.
    pub(crate) fn tell(
        &mut self,
        machine: Number,
        now: u64,
        id: Id,
        part: u8,
        told: Told,
    ) -> Rc<Turn> {
        let key = (machine, now, id, part, told);
        if let Some(turn) = self.turns.get(&key) {
            return turn.clone();
        }
        let turn = Rc::new(self.work_out(machine, now, id, part, told));
        self.turns.insert(key, turn.clone());
        turn
    }

    fn work_out(&mut self, number: Number, now: u64, id: Id, part: u8, told: Told) -> Turn {
        let input = self.input(id, part, told);
        let mut machine = self.kept[number as usize].machine.clone();
        if machine.handle(now, &parse, input).is_err() {
            return Turn {
                machine: number,
                misuse: true,
                wishes: Vec::new(),
                numbers: Vec::new(),
                order: 0,
                shift: 0,
            };
        }
        let mut outputs = Vec::new();
        while let Some(output) = machine.poll() {
            outputs.push(output);
        }
        let mut turn = self.keep(machine);
        for output in outputs {
            let wish = self.wish(output, &turn);
            turn.wishes.extend(wish);
        }
        turn
    }

    /// Keeps a machine, and tells what its numbers have become.
    fn keep(&mut self, machine: Machine) -> Turn {
        let text = format!("{machine:?}");
        let (text, own, uncounted) = unnumbered(&text);
        let name = (digest(&text), digest(&(&text, "again")));
        let next = Number::try_from(self.kept.len()).unwrap();
        let number = *self.known.entry(name).or_insert(next);
        let mut turn = Turn {
            machine: number,
            misuse: false,
            wishes: Vec::new(),
            numbers: own.iter().map(|id| (*id, *id)).collect(),
            order: uncounted.order,
            shift: 0,
        };
        if number == next {
            self.kept.push(Kept {
                machine,
                own,
                is_idle: text.contains(", operations: [], "),
                uncounted,
            });
            return turn;
        }
        let kept = &self.kept[number as usize];
        // What prints alike has to be alike, but for the times in a report, on which nothing hangs.
        assert!(
            text.contains("timings: ")
                || kept.uncounted != uncounted
                || kept.own != own
                || kept.machine == machine,
            "two machines print alike and are not: {text}"
        );
        for ((_, now), kept) in turn.numbers.iter_mut().zip(&kept.own) {
            *now = *kept;
        }
        turn.order = kept.uncounted.order;
        turn.shift = kept.uncounted.order.cast_signed() - uncounted.order.cast_signed();
        turn
    }
}

/// A printed machine without what it counts, and the numbers that it has given away as they stand there.
fn unnumbered(text: &str) -> (String, Vec<Id>, Uncounted) {
    // The options are everybody's. The counter comes last.
    let text = &text[text.find("tab: Tab").unwrap()..];
    let (text, counter) = text.rsplit_once(", own: ").unwrap();
    let (before, after) = text.split_once(", order: ").unwrap();
    let (order, after) = after.split_once(',').unwrap();
    let uncounted = Uncounted {
        own: counter.trim_end_matches([' ', '}']).parse().unwrap(),
        order: order.parse().unwrap(),
    };
    let text = [before, after].concat();
    let mut own: Vec<Id> = Vec::new();
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        let end = from
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        plain.push_str(before);
        match digits.parse::<Id>() {
            Ok(id) if id > OWN && id < OWN + (1 << 20) => {
                let at = own.iter().position(|own| *own == id).unwrap_or(own.len());
                if at == own.len() {
                    own.push(id);
                }
                plain.push('#');
                plain.push_str(&at.to_string());
            }
            _ => plain.push_str(digits),
        }
        rest = after;
    }
    plain.push_str(rest);
    (plain, own, uncounted)
}

impl What {
    pub(crate) const fn of(told: Told) -> Option<Self> {
        Some(match told {
            Told::Callback { .. } => Self::Callback,
            Told::Login { .. } => Self::Login,
            Told::Logout(Reach::Provider) => Self::LogoutAtProvider,
            Told::Logout(_) => Self::Logout,
            Told::Start { .. } => Self::Start,
            Told::Token { .. } => Self::Token,
            _ => return None,
        })
    }
}
