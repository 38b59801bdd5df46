//! What a sign-out reached, layer by layer. It holds no secret.

use super::logout::Scope;
use crate::protocol::revocation::Outcome;
use crate::protocol::{Code, Json, Kind};

/// How long acknowledgements of other tabs are counted, in milliseconds.
pub const TABS_DEADLINE_MS: u64 = 200;

/// What came of one layer.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Layer {
    /// It has ended.
    Ended,
    /// It was tried and did not work.
    Failed,
    /// The page is on its way to end it.
    Redirecting,
    /// It was not asked for.
    Skipped,
    /// There is no way.
    Unsupported,
}

impl Layer {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Failed => "failed",
            Self::Redirecting => "redirecting",
            Self::Skipped => "skipped",
            Self::Unsupported => "unsupported",
        }
    }
}

/// The report while it is being made.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub(super) scope: Scope,
    pub(super) started_at: u64,
    pub(super) removed: Vec<String>,
    pub(super) residue: Vec<String>,
    pub(super) acknowledged: u64,
    pub(super) refresh_token: Outcome,
    pub(super) access_token: Outcome,
    pub(super) provider: Layer,
    pub(super) problems: Vec<Code>,
    timings: Vec<(&'static str, Json)>,
}

impl Report {
    pub(super) fn new(scope: Scope, started_at: u64) -> Self {
        Self {
            scope,
            started_at,
            removed: Vec::new(),
            residue: Vec::new(),
            acknowledged: 0,
            refresh_token: Outcome::Skipped,
            access_token: Outcome::Skipped,
            provider: Layer::Skipped,
            problems: Vec::new(),
            timings: Vec::new(),
        }
    }

    /// Notes when a layer's outcome was known.
    pub(super) fn time(&mut self, layer: &'static str, now: u64) {
        self.timings
            .push((layer, now.saturating_sub(self.started_at).into()));
    }

    pub(super) fn problem(&mut self, code: Code) {
        if !self.problems.contains(&code) {
            self.problems.push(code);
        }
    }

    /// Whether the provider left a request without an answer.
    pub(super) fn met_silence(&self) -> bool {
        self.problems
            .iter()
            .any(|code| code.kind() == Kind::Transport)
    }

    /// Whether every layer but the provider's is confirmed, as far as it was asked for.
    pub(super) fn is_confirmed(&self) -> bool {
        let token = |outcome: Outcome| outcome.is_final() || outcome == Outcome::Skipped;
        self.residue.is_empty() && token(self.refresh_token) && token(self.access_token)
    }

    /// The report as JavaScript sees it, at `now`.
    pub(super) fn to_json(&self, now: u64) -> Json {
        let names =
            |names: &[String]| Json::Array(names.iter().map(|name| name.as_str().into()).collect());
        let local = if self.residue.is_empty() {
            "cleared"
        } else {
            "partial"
        };
        let provider = matches!(self.provider, Layer::Ended | Layer::Skipped);
        let skipped = || Json::from(Layer::Skipped.as_str());
        Json::object(vec![
            ("scope", self.scope.as_str().into()),
            ("complete", (self.is_confirmed() && provider).into()),
            ("startedAt", self.started_at.into()),
            ("durationMs", now.saturating_sub(self.started_at).into()),
            (
                "local",
                Json::object(vec![
                    ("status", local.into()),
                    ("removed", names(&self.removed)),
                    ("residue", names(&self.residue)),
                ]),
            ),
            (
                "tabs",
                Json::object(vec![
                    ("acknowledged", self.acknowledged.into()),
                    ("deadlineMs", TABS_DEADLINE_MS.into()),
                ]),
            ),
            (
                "tokens",
                Json::object(vec![
                    ("refreshToken", self.refresh_token.as_str().into()),
                    ("accessToken", self.access_token.as_str().into()),
                ]),
            ),
            ("application", skipped()),
            ("provider", self.provider.as_str().into()),
            ("devices", skipped()),
            ("cleaners", Json::Array(Vec::new())),
            (
                "timings",
                Json::Object(
                    self.timings
                        .iter()
                        .map(|(name, ms)| ((*name).to_owned(), ms.clone()))
                        .collect(),
                ),
            ),
            (
                "problems",
                Json::Array(
                    self.problems
                        .iter()
                        .map(|code| code.as_str().into())
                        .collect(),
                ),
            ),
        ])
    }
}

/// The report of a sign-out that comes back from the provider at `now`: its layer is confirmed.
pub(super) fn confirmed(report: &Json, confirmed: bool, now: u64) -> Json {
    let since = now.saturating_sub(report.member("startedAt").count().unwrap_or(now));
    let members = report.members().iter().map(|(name, value)| {
        let value = match name.as_str() {
            "complete" => confirmed.into(),
            "durationMs" => since.into(),
            "provider" => Layer::Ended.as_str().into(),
            "timings" => Json::Object(
                value
                    .members()
                    .iter()
                    .cloned()
                    .chain([("provider".to_owned(), since.into())])
                    .collect(),
            ),
            _ => value.clone(),
        };
        (name.clone(), value)
    });
    Json::Object(members.collect())
}
