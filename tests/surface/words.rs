//! The words of the contract.

use std::fmt::Debug;

use nightlatch::{
    Code, Kind, LayerOutcome, LogoutScope, NoteKind, RevocationReach, SignedOutReason, Status,
    StorageKind, TokenOutcome,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[test]
fn a_word_is_the_one_that_the_core_says() {
    are_said(Code::ALL, |code| code.as_str());
    are_said(
        &[
            Kind::Environment,
            Kind::Security,
            Kind::Server,
            Kind::Transport,
            Kind::Usage,
        ],
        |kind| kind.as_str(),
    );
    are_said(
        &[
            Status::SignedIn,
            Status::SignedOut,
            Status::SigningIn,
            Status::SigningOut,
        ],
        |status| status.as_str(),
    );
    are_said(
        &[StorageKind::Browser, StorageKind::Memory, StorageKind::Tab],
        |storage| storage.as_str(),
    );
    are_said(
        &[
            LayerOutcome::Ended,
            LayerOutcome::Failed,
            LayerOutcome::Planned,
            LayerOutcome::Redirecting,
            LayerOutcome::Skipped,
            LayerOutcome::Unknown,
            LayerOutcome::Unsupported,
        ],
        |layer| layer.as_str(),
    );
    are_said(
        &[
            TokenOutcome::Failed,
            TokenOutcome::None,
            TokenOutcome::Planned,
            TokenOutcome::Queued,
            TokenOutcome::Revoked,
            TokenOutcome::Skipped,
            TokenOutcome::Unknown,
            TokenOutcome::Unsupported,
        ],
        |token| token.as_str(),
    );
    are_said(
        &[
            SignedOutReason::Expired,
            SignedOutReason::Idle,
            SignedOutReason::Logout,
            SignedOutReason::OtherTab,
            SignedOutReason::ProviderSessionEnded,
            SignedOutReason::Revoked,
            SignedOutReason::UserChanged,
        ],
        |reason| reason.as_str(),
    );
    are_said(
        &[LogoutScope::App, LogoutScope::Provider, LogoutScope::Tab],
        |scope| scope.as_str(),
    );
    are_said(
        &[
            NoteKind::Exchange,
            NoteKind::Leaving,
            NoteKind::Logout,
            NoteKind::Provider,
            NoteKind::Refresh,
            NoteKind::Replaced,
            NoteKind::Unopened,
        ],
        |kind| kind.as_str(),
    );
    are_said(
        &[
            RevocationReach::Grant,
            RevocationReach::Session,
            RevocationReach::User,
        ],
        |reach| match reach {
            RevocationReach::Grant => "grant",
            RevocationReach::Session => "session",
            RevocationReach::User => "user",
        },
    );
}

fn are_said<T>(all: &[T], word: impl Fn(&T) -> &'static str)
where
    T: DeserializeOwned + Serialize + PartialEq + Debug,
{
    for one in all {
        let written = serde_json::to_value(one).unwrap();
        assert_eq!(written, Value::from(word(one)));
        assert_eq!(&serde_json::from_value::<T>(written).unwrap(), one);
    }
}
