//! A provider of plain data: it grants, rotates, revokes, and fails in the ways that a test asks for.

use std::collections::BTreeMap;

use nightlatch::protocol::{Answer, Failure, Json, Request, Response, base64url};
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://id.example";

/// How an endpoint behaves.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Mood {
    /// As it should.
    #[default]
    Well,
    /// Answers with this status and body, and does nothing.
    Says(u16, Value),
    /// The request never arrives.
    Unreachable(Failure),
    /// The request is dealt with, and its answer is lost.
    Loses(Failure),
}

/// One sign-in's refresh tokens: strict rotation, so the latest is the only good one.
#[derive(Clone, Debug)]
struct Family {
    nonce: String,
    subject: String,
    current: String,
    previous: String,
    revoked: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Provider {
    pub(crate) discovery: Mood,
    pub(crate) token: Mood,
    pub(crate) revocation: Mood,
    /// What is granted otherwise than usual.
    pub(crate) grant: Value,
    pub(crate) claims: Value,
    pub(crate) metadata: Value,
    /// What is found wrong with the signature of an ID token.
    pub(crate) flaw: Option<&'static str>,
    /// Every request that arrived, in words.
    pub(crate) seen: Vec<String>,
    /// Whether a refresh token that was used is accepted once more, as long as its successor was not.
    pub(crate) grace: bool,
    /// When to come back, where it says no, in seconds.
    pub(crate) retry_after: u64,
    /// Refresh tokens that were used before and came again, each time.
    pub(crate) replays: Vec<String>,
    /// How often each refresh token arrived.
    pub(crate) presented: BTreeMap<String, u32>,
    codes: BTreeMap<String, (String, String)>,
    /// Codes and ID tokens.
    given: Vec<String>,
    families: Vec<Family>,
    access: BTreeMap<String, usize>,
    count: u32,
}

impl Provider {
    /// The form that a person has filled in: a code for the request with this nonce.
    pub(crate) fn code(&mut self, nonce: &str, subject: &str) -> String {
        self.count += 1;
        let code = format!("code-{}", self.count);
        self.given.push(code.clone());
        self.codes
            .insert(code.clone(), (nonce.to_owned(), subject.to_owned()));
        code
    }

    pub(crate) fn document(&self) -> Value {
        merged(
            json!({
                "issuer": ISSUER,
                "authorization_endpoint": "https://id.example/authorize",
                "token_endpoint": "https://id.example/token",
                "revocation_endpoint": "https://id.example/revoke",
                "end_session_endpoint": "https://id.example/logout",
            }),
            &self.metadata,
        )
    }

    /// The refresh tokens that would still be honoured.
    pub(crate) fn alive(&self) -> Vec<&str> {
        self.families
            .iter()
            .filter(|family| !family.revoked)
            .map(|family| family.current.as_str())
            .collect()
    }

    /// Whether the sign-in that a refresh token comes from is over.
    pub(crate) fn is_over(&self, token: &str) -> bool {
        let of = family_of(token);
        let family = |family: &&Family| family_of(&family.current) == of;
        self.families
            .iter()
            .find(family)
            .is_none_or(|family| family.revoked)
    }

    /// Somebody ends all sign-ins at the provider.
    pub(crate) fn end_all(&mut self) {
        for family in &mut self.families {
            family.revoked = true;
        }
    }

    /// Every code and token that it has given out, and is to be found in no message.
    pub(crate) fn given(&self) -> Vec<String> {
        let tokens = self
            .families
            .iter()
            .map(|family| format!("{}0", family_of(&family.current)));
        let used = self.presented.keys().chain(self.access.keys()).cloned();
        tokens
            .chain(used)
            .chain(self.given.iter().cloned())
            .collect()
    }

    /// Whom an access token was granted for.
    pub(crate) fn owner(&self, token: &str) -> String {
        self.families[self.access[token]].subject.clone()
    }

    /// Whom each access token was granted for.
    pub(crate) fn owners(&self) -> Vec<(String, String)> {
        self.access
            .iter()
            .map(|(token, family)| (token.clone(), self.families[*family].subject.clone()))
            .collect()
    }

    pub(crate) fn answers(&mut self, request: &Request, now: u64) -> Answer {
        let form: BTreeMap<_, _> = request
            .form
            .as_ref()
            .map(|form| fields(form.0.reveal()))
            .unwrap_or_default();
        let path = request.url.strip_prefix(ISSUER).unwrap_or("?").to_owned();
        let mood = match path.as_str() {
            "/token" => self.token.clone(),
            "/revoke" => self.revocation.clone(),
            _ => self.discovery.clone(),
        };
        if let Mood::Unreachable(failure) = mood {
            return Err(failure);
        }
        self.seen.push(in_words(&path, &form));
        if let Some(token) = form.get("refresh_token") {
            *self.presented.entry(token.clone()).or_default() += 1;
        }
        if let Mood::Says(status, body) = mood {
            return Ok(Response {
                status,
                body: (!body.is_null()).then(|| core(body)),
                retry_after: self.retry_after,
                flaw: None,
            });
        }
        let (status, body) = match path.as_str() {
            "/token" => self.grants(&form, now),
            "/revoke" => self.revokes(&form),
            _ => (200, self.document()),
        };
        match mood {
            Mood::Loses(failure) => Err(failure),
            _ => Ok(Response {
                status,
                body: Some(core(body)),
                retry_after: 0,
                flaw: self.flaw,
            }),
        }
    }

    fn grants(&mut self, form: &BTreeMap<String, String>, now: u64) -> (u16, Value) {
        let refused = || (400, json!({ "error": "invalid_grant" }));
        let family = if let Some(token) = form.get("refresh_token") {
            let Some(at) = self
                .families
                .iter()
                .position(|family| token.starts_with(&family_of(&family.current)))
            else {
                return refused();
            };
            // A token that was used before means that somebody else has it.
            let family = &mut self.families[at];
            if family.current != *token && !family.revoked {
                self.replays.push(token.clone());
                family.revoked = !self.grace || family.previous != *token;
            }
            if self.families[at].revoked {
                return refused();
            }
            at
        } else {
            let Some((nonce, subject)) = form.get("code").and_then(|code| self.codes.remove(code))
            else {
                return refused();
            };
            let current = format!("RT{}.0", self.families.len() + 1);
            self.families.push(Family {
                nonce,
                subject,
                current,
                previous: String::new(),
                revoked: false,
            });
            self.families.len() - 1
        };
        self.count += 1;
        let access = format!("AT{}", self.count);
        self.access.insert(access.clone(), family);
        let refreshed = form.contains_key("refresh_token");
        let Family {
            nonce,
            subject,
            current,
            previous,
            ..
        } = &mut self.families[family];
        if refreshed {
            let (name, number) = current.split_once('.').unwrap();
            let next = format!("{name}.{}", number.parse::<u32>().unwrap() + 1);
            *previous = std::mem::replace(current, next);
        }
        let seconds = now / 1000;
        let mut claims = json!({ "iss": ISSUER, "sub": subject, "aud": "spa", "exp": seconds + 300, "iat": seconds });
        if !refreshed {
            claims["nonce"] = json!(nonce);
        }
        let id_token = token(&merged(claims, &self.claims));
        self.given.push(id_token.clone());
        let grant = json!({
            "access_token": access, "refresh_token": current, "id_token": id_token, "token_type": "Bearer",
            "expires_in": 300, "scope": "openid",
        });
        (200, merged(grant, &self.grant))
    }

    fn revokes(&mut self, form: &BTreeMap<String, String>) -> (u16, Value) {
        let token = &form["token"];
        if let Some(family) = self
            .families
            .iter_mut()
            .find(|family| token.starts_with(&family_of(&family.current)))
        {
            // As some do: a token that was rotated away is unknown, and that is a 200 too.
            family.revoked |= family.current == *token;
        }
        (200, json!({}))
    }
}

fn family_of(token: &str) -> String {
    format!("{}.", token.split('.').next().unwrap())
}

fn in_words(path: &str, form: &BTreeMap<String, String>) -> String {
    let word = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    match path {
        "/token" if form.contains_key("code") => format!("exchange {}", word("code")),
        "/token" => format!("refresh {}", word("refresh_token")),
        "/revoke" => format!("revoke {}", word("token")),
        _ => "discovery".to_owned(),
    }
}

pub(crate) fn describe(request: &Request) -> String {
    let form = request
        .form
        .as_ref()
        .map(|form| fields(form.0.reveal()))
        .unwrap_or_default();
    in_words(
        request.url.strip_prefix(ISSUER).unwrap_or(&request.url),
        &form,
    )
}

pub(crate) fn fields(form: &str) -> BTreeMap<String, String> {
    nightlatch::protocol::url::read_form(form)
        .into_iter()
        .collect()
}

/// An ID token with these claims.
pub(crate) fn token(claims: &Value) -> String {
    let part = |text: String| base64url::encode(text.as_bytes());
    format!(
        "{}.{}.c2ln",
        part(json!({ "alg": "RS256" }).to_string()),
        part(claims.to_string())
    )
}

pub(crate) fn core(value: Value) -> Json {
    serde_json::from_value(value).unwrap()
}

pub(crate) fn plain(json: &Json) -> Value {
    serde_json::to_value(json).unwrap()
}

pub(crate) fn parse(text: &str) -> Option<Json> {
    serde_json::from_str(text).ok()
}

/// `base` with `changes` on top; a `null` takes a member away.
pub(crate) fn merged(mut base: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().into_iter().flatten() {
        if value.is_null() {
            base.as_object_mut().unwrap().remove(name);
        } else {
            base[name] = value.clone();
        }
    }
    base
}
