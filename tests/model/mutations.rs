//! The mutations: the table of the protocol's model check, and the rules that the code has added.
//!
//! In that table a lock and a mark guard the refresh. Here is no lock: "lock without re-read" is *who
//! reserves does not look again*; "no lock, no marker" and "lock but no marker" are *the mark is not
//! set*; "any tab may retry" is *any tab may try again*. Where the table takes away a message, or a look
//! on resume, it lets tabs use what memory holds, too: here that is *no check on use*, found by itself.

use crate::budgets::{GRACE, GRACE_BY_FAMILY, run};
use crate::mutants::{Mutation, found, redundant};
use crate::world::Carriers;

/// A key share is put in the cookie before the transaction: the world does it.
pub(crate) const HASTY: &str = "a share is in place before its session";
/// Messages that come before the first look is heard of are lost: the world loses them.
pub(crate) const DEAF: &str = "a page listens after its first look";

pub(crate) const MUTATIONS: &[Mutation] = &[
    found(
        "no check on use",
        run(0, 1, 2, 0).long(),
        &["P1u"],
        &[("tab.rs", "<= FRESH_MS)", "<= FRESH_MS || MUTATED)")],
    ),
    found(
        "no read check",
        run(0, 1, 1, 0),
        &["P1u"],
        &[
            (
                "tab.rs",
                "let usable = seen.live",
                "let usable = (seen.live || MUTATED)",
            ),
            (
                "tab.rs",
                "let known = seen.version == self.version;",
                "let known = seen.version == self.version || MUTATED;",
            ),
        ],
    ),
    found(
        "no write check",
        run(0, 1, 1, 0),
        &["P2a", "P2n", "P5half", "P1e"],
        &[(
            "change.rs",
            "Self::Renew { of, entry, .. } if live && *of == version",
            "Self::Renew { of, entry, .. } if live && *of == version || MUTATED",
        )],
    ),
    found(
        "no read check + no write check",
        run(0, 1, 1, 0),
        &["P1u", "P1e", "P1w"],
        &[],
    ),
    found(
        "a sign-in does not check its generation",
        run(1, 1, 0, 0),
        &["P1e", "P1u", "P1w"],
        &[
            (
                "change.rs",
                "Self::Redeem { generation } if *generation == record.generation",
                "Self::Redeem { generation } if *generation == record.generation || MUTATED",
            ),
            (
                "change.rs",
                "limits,\n                ..\n            } if *generation == record.generation",
                "limits,\n                ..\n            } if *generation == record.generation || MUTATED",
            ),
        ],
    ),
    found(
        "late tokens are dropped",
        run(0, 1, 1, 0),
        &["P2a"],
        &[(
            "refresh.rs",
            "let ended = seen.generation != self.attempt.of.generation || !seen.live;",
            "let ended = !MUTATED && (seen.generation != self.attempt.of.generation || !seen.live);",
        )],
    ),
    found(
        "who reserves does not look again",
        run(0, 0, 2, 0),
        &["P3", "P3r"],
        &[(
            "change.rs",
            "patience_ms,\n            } if live && *of == version",
            "patience_ms,\n            } if live && (*of == version || MUTATED)",
        )],
    ),
    found(
        "the mark is not set",
        run(0, 0, 2, 0),
        &["P3", "P3r"],
        &[(
            "change.rs",
            "record.slot.sent = entry;",
            "record.slot.sent = if MUTATED { 0 } else { entry };",
        )],
    ),
    found(
        "any tab may try again",
        run(0, 0, 2, 0),
        &["P3", "P3r"],
        &[(
            "change.rs",
            "record.slot.sent == *after || lost",
            "record.slot.sent == *after || lost || MUTATED",
        )],
    ),
    found(
        "no fence against an attempt that counted as lost",
        run(0, 0, 2, 1).server(GRACE),
        &["P5x"],
        &[(
            "refresh.rs",
            "context.commit(Change::Renew {\n                    of,",
            "context.commit(Change::Renew {\n                    of: if MUTATED && context.tab.version.generation == of.generation { context.tab.version } else { of },",
        )],
    ),
    found(
        "a late token of the same session is revoked",
        run(0, 0, 2, 1).server(GRACE_BY_FAMILY),
        &["P5h"],
        &[(
            "refresh.rs",
            "take().filter(|_| ended)",
            "take().filter(|_| ended || MUTATED)",
        )],
    ),
    found(
        "no broadcast",
        run(0, 1, 0, 0).hears(Carriers::Both),
        &["P1w", "P5half"],
        &[
            (
                "context.rs",
                "self.put(Output::Post(Message::Look { generation }));\n        self.put(Output::Mark);",
                "if MUTATED { return; }\n        self.put(Output::Post(Message::Look { generation }));\n        self.put(Output::Mark);",
            ),
            (
                "logout.rs",
                "context.put(Output::Mark);",
                "if !MUTATED { context.put(Output::Mark); }",
            ),
        ],
    ),
    redundant(
        "no message",
        run(0, 1, 1, 0).hears(Carriers::Both),
        "the mark in local storage is enough",
        &[(
            "context.rs",
            "pub(super) fn announce(&mut self, generation: u64) {",
            "pub(super) fn announce(&mut self, generation: u64) {\n        if MUTATED { return self.put(Output::Mark); }",
        )],
    ),
    found(
        "a sign-out announces before it commits, and not after",
        run(1, 1, 0, 0).hears(Carriers::Both),
        &["P1w", "P5half"],
        &[(
            "logout.rs",
            "context.announce(seen.generation);",
            "if !MUTATED { context.announce(seen.generation); }",
        )],
    ),
    found(
        DEAF,
        run(0, 1, 0, 0).newcomer().hears(Carriers::Channel),
        &["P1w", "P5half"],
        &[],
    ),
    found(
        "a page that is restored does not look",
        run(0, 1, 1, 1),
        &["P4"],
        &[(
            "machine.rs",
            "Some(Watch::restore(context))",
            "(!MUTATED).then(|| Watch::restore(context))",
        )],
    ),
    found(
        "any look ends an absence",
        run(0, 1, 1, 1).hears(Carriers::Both),
        &["P1u"],
        &[(
            "watch.rs",
            "let restores = context.tab.away == Some(context.id);",
            "let restores = context.tab.away == Some(context.id) || context.tab.away.is_some() && MUTATED;",
        )],
    ),
    redundant(
        "what is heard in an absence counts",
        run(0, 1, 1, 1),
        "nothing is shown or handed out in an absence; that no event is false, tests/session/restored.rs sees",
        &[(
            "tab.rs",
            "if self.away.is_some() {",
            "if self.away.is_some() && !MUTATED {",
        )],
    ),
    redundant(
        "a sign-out revokes before it commits",
        run(1, 1, 1, 0),
        "without the key share, nobody uses what is being revoked",
        &[(
            "logout.rs",
            "context.tab.closing += 1;",
            "context.tab.closing += 1;\n        if let Some(session) = logout.held.clone().filter(|_| MUTATED) {\n            context.beside(|context| super::withdrawal::Withdrawal::begin(context, &session, 0));\n        }",
        )],
    ),
    found(
        "a sign-out aborts its own refreshes",
        run(0, 1, 1, 0),
        &["P2a"],
        &[(
            "machine.rs",
            "self.call_off(&asked);",
            "self.call_off(&asked);\n        let sending = self.ids(|operation| matches!(operation, Operation::Use(_)));\n        self.operations.retain(|(id, _)| !MUTATED || !sending.contains(id));",
        )],
    ),
    found(
        "a sign-out waits for a refresh",
        run(0, 1, 1, 1),
        &["P4"],
        &[
            (
                "change.rs",
                "Self::End | Self::EndAtProvider | Self::EndOwn => {",
                "Self::End if MUTATED && record.slot.sent != 0 => Applied { verdict: Verdict::Wait, ..Applied::seen(false) },\n            Self::End | Self::EndAtProvider | Self::EndOwn => {",
            ),
            (
                "logout.rs",
                "match (self.stage, part, reply) {",
                "match (self.stage, part, reply) {\n            (Stage::Committing, part::MAIN, Reply::Committed { verdict: Verdict::Wait, .. }) => {\n                context.ask(part::MAIN, Effect::Wait(250));\n                Step::Go\n            }\n            (Stage::Committing, part::MAIN, Reply::Woken) => {\n                context.commit(crate::session::Change::End);\n                Step::Go\n            }",
            ),
        ],
    ),
    found(
        "nobody passes a frozen holder",
        run(0, 0, 2, 1),
        &["P4"],
        &[
            (
                "change.rs",
                ">= *patience_ms;",
                ">= *patience_ms && !MUTATED;",
            ),
            (
                "refresh.rs",
                "abs_diff(self.began_at) > patience",
                "abs_diff(self.began_at) > patience && !MUTATED",
            ),
        ],
    ),
    found(
        "a tab waits for the network to show that it is signed out",
        run(0, 1, 0, 0),
        &["P4ui"],
        &[(
            "logout.rs",
            "Stage::Reaching => self.open.wipe",
            "Stage::Reaching => MUTATED || self.open.wipe",
        )],
    ),
    found(
        "a sign-out revokes what memory holds",
        run(0, 1, 1, 0),
        &["P2a"],
        &[(
            "logout.rs",
            "taken.or_else(|| self.held.take())",
            "if MUTATED { self.held.take().or(taken) } else { taken.or_else(|| self.held.take()) }",
        )],
    ),
    found(
        "a sign-in does not raise the generation",
        run(1, 0, 1, 0),
        &["P2a", "P5half"],
        &[(
            "change.rs",
            "if shared {\n                    record.generation += 1;",
            "if shared && !MUTATED {\n                    record.generation += 1;",
        )],
    ),
    found(
        "a sign-in does not revoke what it replaces",
        run(1, 0, 0, 0),
        &["P2a"],
        &[(
            "change.rs",
            "Applied::made(entry, Content::Replace, replaced)",
            "Applied::made(entry, Content::Replace, replaced && !MUTATED)",
        )],
    ),
    found(
        "no ledger",
        run(0, 1, 0, 1),
        &["P2b"],
        &[(
            "record.rs",
            "self.ledger.push(Entry {",
            "if MUTATED {\n            return self.serial;\n        }\n        self.ledger.push(Entry {",
        )],
    ),
    // What the code has learned since.
    found(HASTY, run(1, 1, 0, 0).hears(Carriers::Both), &["P1u"], &[]),
    found(
        "the key share does not count",
        run(0, 1, 1, 0),
        &["P1u"],
        &[(
            "record.rs",
            "(share || !self.slot.sealed)",
            "(share || !self.slot.sealed || MUTATED)",
        )],
    ),
    found(
        "a late answer to a look counts",
        run(0, 1, 2, 0),
        &["P1u"],
        &[(
            "tab.rs",
            "if self.has_seen_later(seen) {",
            "if self.has_seen_later(seen) && !MUTATED {",
        )],
    ),
    found(
        "a sign-out under way lets looks in",
        run(1, 1, 1, 0).hears(Carriers::Channel),
        &["P1u"],
        &[(
            "tab.rs",
            "self.closing == 0 &&",
            "(self.closing == 0 || MUTATED) &&",
        )],
    ),
    found(
        "a right does not lapse",
        run(0, 0, 2, 1),
        &["P3"],
        &[("refresh.rs", ">= GRACE_MS {", ">= GRACE_MS && !MUTATED {")],
    ),
    found(
        "a right is given back by whom had it once",
        run(0, 0, 2, 1),
        &["P3"],
        &[(
            "change.rs",
            "record.slot.sent == *entry =>",
            "(record.slot.sent == *entry || MUTATED) =>",
        )],
    ),
    found(
        "what was asked for one user is answered with another's token",
        run(1, 0, 1, 0).users(),
        &["P5u"],
        &[(
            "refresh.rs",
            "if self.is_foreign(&session) {",
            "if self.is_foreign(&session) && !MUTATED {",
        )],
    ),
    found(
        "a sign-out shares the commit of another",
        run(1, 2, 0, 0),
        &["P1u"],
        &[(
            "machine.rs",
            "Join::Shared => {",
            "Join::Shared => {\n                        if MUTATED { return; }",
        )],
    ),
    found(
        "a refusal is forgotten if the session has ended",
        run(0, 1, 1, 0),
        &["P2n"],
        &[(
            "change.rs",
            "if *entry != 0 => {\n                record.clear(*entry);",
            "if *entry != 0 && !MUTATED => {\n                record.clear(*entry);",
        )],
    ),
    found(
        "a look that overtakes a commit is not taken again",
        run(1, 1, 0, 0).hears(Carriers::Channel),
        &["P5half"],
        &[(
            "context.rs",
            "if self.tab.has_seen_later(seen) {",
            "if self.tab.has_seen_later(seen) && !MUTATED {",
        )],
    ),
    found(
        "a sign-in does not wait for a sign-out",
        run(1, 1, 0, 0),
        &["P5s"],
        &[(
            "sign_in.rs",
            "if context.tab.closing > 0 {",
            "if context.tab.closing > 0 && !MUTATED {",
        )],
    ),
    found(
        "nobody is asked who signs in after a sign-out at the provider",
        run(1, 1, 0, 0).provider(),
        &["P6"],
        &[(
            "sign_in.rs",
            "if ending(&seen.ledger).is_some()",
            "if ending(&seen.ledger).is_some() && !MUTATED",
        )],
    ),
    found(
        "who redeems does not see that the key share is gone",
        run(1, 1, 0, 1),
        &["P1u"],
        &[(
            "sign_in.rs",
            "if !seen.live {",
            "if !seen.live && !MUTATED {",
        )],
    ),
];
