//! What a sign-out reached, layer by layer. It holds no secret.

use super::asked::Scope;
use crate::protocol::revocation::Outcome;
use crate::protocol::{Code, Json, Kind, Members};

/// How long acknowledgements of other tabs are counted, in milliseconds.
pub const TABS_DEADLINE_MS: u64 = 200;

/// What came of one layer.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(
    feature = "client",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum Layer {
    /// It has ended.
    Ended,
    /// It was tried and did not work.
    Failed,
    /// The page would leave for it.
    Planned,
    /// The page is on its way to end it.
    Redirecting,
    /// It was not asked for.
    Skipped,
    /// It was tried, and nothing proves that it worked.
    Unknown,
    /// There is no way.
    Unsupported,
}

impl Layer {
    /// The word that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Failed => "failed",
            Self::Planned => "planned",
            Self::Redirecting => "redirecting",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
            Self::Unsupported => "unsupported",
        }
    }

    /// Whether it has ended, as far as it was asked for.
    const fn is_done(self) -> bool {
        matches!(self, Self::Ended | Self::Skipped)
    }
}

/// The report while it is being made.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub(super) scope: Scope,
    /// Whether it tells what would be, and nothing is done.
    pub(super) dry: bool,
    pub(super) started_at: u64,
    pub(super) removed: Vec<Json>,
    pub(super) residue: Vec<Json>,
    pub(super) cleaners: Json,
    pub(super) acknowledged: u64,
    pub(super) refresh_token: Outcome,
    pub(super) access_token: Outcome,
    pub(super) application: Layer,
    pub(super) provider: Layer,
    pub(super) problems: Vec<Code>,
    timings: Members,
}

impl Report {
    pub(super) fn new(scope: Scope, dry: bool, started_at: u64) -> Self {
        Self {
            scope,
            dry,
            started_at,
            removed: Vec::new(),
            residue: Vec::new(),
            cleaners: Json::Array(Vec::new()),
            acknowledged: 0,
            refresh_token: Outcome::Skipped,
            access_token: Outcome::Skipped,
            application: Layer::Skipped,
            provider: Layer::Skipped,
            problems: Vec::new(),
            timings: Members::new(),
        }
    }

    /// Notes when a layer's outcome was known.
    pub(super) fn time(&mut self, layer: &'static str, now: u64) {
        self.timings
            .with(layer, now.saturating_sub(self.started_at));
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
        let mut cleaned = true;
        for cleaner in self.cleaners.items() {
            cleaned &= cleaner.member("status").text() == Some("done");
        }
        !self.dry
            && cleaned
            && self.residue.is_empty()
            && token(self.refresh_token)
            && token(self.access_token)
            && self.application.is_done()
    }

    /// The report as JavaScript sees it, at `now`.
    pub(super) fn to_json(&self, now: u64) -> Json {
        let local = if self.dry {
            Layer::Planned.as_str()
        } else if self.residue.is_empty() {
            "cleared"
        } else {
            "partial"
        };
        let mut problems = Vec::new();
        for code in &self.problems {
            problems.push(code.as_str().into());
        }
        Members::new()
            .with("scope", self.scope.as_str())
            .with("complete", self.is_confirmed() && self.provider.is_done())
            .with("startedAt", self.started_at)
            .with("durationMs", now.saturating_sub(self.started_at))
            .with(
                "local",
                Members::new()
                    .with("status", local)
                    .with("removed", Json::Array(self.removed.clone()))
                    .with("residue", Json::Array(self.residue.clone()))
                    .object(),
            )
            .with(
                "tabs",
                Members::new()
                    .with("acknowledged", self.acknowledged)
                    .with("deadlineMs", TABS_DEADLINE_MS)
                    .object(),
            )
            .with(
                "tokens",
                Members::new()
                    .with("refreshToken", self.refresh_token.as_str())
                    .with("accessToken", self.access_token.as_str())
                    .object(),
            )
            .with("application", self.application.as_str())
            .with("provider", self.provider.as_str())
            .with("devices", Layer::Skipped.as_str())
            .with("cleaners", self.cleaners.clone())
            .with("timings", self.timings.clone().object())
            .with("problems", Json::Array(problems))
            .object()
    }
}

/// The report of a sign-out that comes back from the provider at `now`. Its layer is confirmed if the
/// provider was `told` by an ID token who is meant. Without one it has to ask the person, and sends
/// them back whatever they say (OpenID Connect RP-Initiated Logout 1.0 §2).
pub(super) fn confirmed(kept: &Json, now: u64) -> Json {
    let report = kept.member("report");
    let told = !kept.member("ending").is_null();
    let provider = if told { Layer::Ended } else { Layer::Unknown };
    let since = now.saturating_sub(report.member("startedAt").count().unwrap_or(now));
    let mut report = report.clone();
    report.replace(
        "complete",
        (told && kept.member("confirmed").is_true()).into(),
    );
    report.replace("durationMs", since.into());
    report.replace("provider", provider.as_str().into());
    if let Some(Json::Object(timings)) = report.member_mut("timings") {
        timings.push(("provider".to_owned(), since.into()));
    }
    report
}
