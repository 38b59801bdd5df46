//! The provider: families of refresh tokens that rotate.

use crate::books::Number;

/// One refresh token: the family of one sign-in, and how often it was rotated.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Token {
    pub(crate) family: u8,
    pub(crate) rotation: u8,
}

impl Token {
    /// From the last characters of a token, or from its scope.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (family, rotation) = text
            .trim_start_matches(|letter: char| !letter.is_ascii_digit())
            .split_once('.')?;
        Some(Self {
            family: family.parse().ok()?,
            rotation: rotation.parse().ok()?,
        })
    }

    pub(crate) fn name(self) -> String {
        format!("{}.{}", self.family, self.rotation)
    }
}

/// What a provider does where providers differ.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Server {
    /// The previous token is accepted once more, and rotates.
    pub(crate) grace: bool,
    /// Any token of a family revokes it; else a token that was rotated away revokes nothing.
    pub(crate) by_family: bool,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Life {
    /// A code was given out.
    Issued,
    Alive,
    /// A token was used twice.
    Reused,
    Revoked,
}

/// One sign-in's refresh tokens.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Family {
    pub(crate) life: Life,
    pub(crate) current: u8,
    pub(crate) nonce: Number,
    /// Whether the person was to be asked, however well the provider knows them.
    pub(crate) asked: bool,
}

/// A request.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Ask {
    Exchange(u8),
    Refresh(Token),
    Revoke(Token),
}

/// What comes back.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Answer {
    /// `503`: nothing was done.
    Busy,
    Done,
    /// These tokens, and with this nonce in an ID token if a code was exchanged.
    Granted(Token, Option<Number>),
    /// `invalid_grant`.
    Refused,
    /// Nothing came back.
    Silence,
}

impl Server {
    /// Deals with one request.
    pub(crate) fn answer(self, families: &mut [Family], ask: Ask) -> Answer {
        match ask {
            Ask::Exchange(at) => {
                let family = &mut families[usize::from(at)];
                if family.life != Life::Issued {
                    return Answer::Refused;
                }
                family.life = Life::Alive;
                let token = Token {
                    family: at,
                    rotation: 0,
                };
                Answer::Granted(token, Some(family.nonce))
            }
            Ask::Refresh(token) => {
                let family = &mut families[usize::from(token.family)];
                let good = token.rotation == family.current
                    || (self.grace && token.rotation + 1 == family.current);
                if family.life == Life::Alive && !good {
                    family.life = Life::Reused;
                }
                if family.life != Life::Alive {
                    return Answer::Refused;
                }
                family.current += 1;
                let rotation = family.current;
                Answer::Granted(Token { rotation, ..token }, None)
            }
            Ask::Revoke(token) => {
                let family = &mut families[usize::from(token.family)];
                if family.life == Life::Alive
                    && (self.by_family || family.current == token.rotation)
                {
                    family.life = Life::Revoked;
                }
                Answer::Done
            }
        }
    }
}
