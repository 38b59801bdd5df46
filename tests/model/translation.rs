//! What machines are told and what they ask for, in few words and in full.

use nightlatch::protocol::{Failure, Json, Request, Response, url};
use nightlatch::session::{Call, Effect, Id, Input, Message, Output, Reply, Seen, Settled, Slot};
use serde_json::json;

use crate::books::Number;
use crate::machines::{CALLBACK, Machines, OWN, Outcome, Reach, START, Told, Turn, Wish};
use crate::provider::{ISSUER, core, fields, parse, plain, token};
use crate::server::{Answer, Ask, Token};

const HERE: &str = "https://app.example/here";

impl Machines {
    pub(crate) fn input(&self, id: Id, part: u8, told: Told) -> Input {
        let text = |number: Number| self.texts.get(number).clone();
        let json = |number: Option<Number>| number.and_then(|number| parse(&text(number)));
        let call = match told {
            Told::Callback { address, sign_in } => Call::Callback {
                address: text(address),
                here: text(address),
                sign_in: json(sign_in),
                sign_out: None,
            },
            Told::Login { drawn } => {
                // Only `state` differs: what does not print has to be alike.
                let mut entropy = Box::new([7; 96]);
                entropy[..32].fill(drawn);
                Call::Login {
                    options: Json::Null,
                    here: HERE.to_owned(),
                    entropy,
                }
            }
            Told::Logout(reach) => Call::Logout {
                options: core(match reach {
                    Reach::App => json!({ "scope": "app" }),
                    Reach::Provider => json!({ "scope": "provider" }),
                    Reach::Tab => json!({ "scope": "tab" }),
                }),
                entropy: Box::new([1; 32]),
            },
            Told::Start { left } => Call::Start {
                left: left.map(Json::from),
            },
            Told::Token { force } => Call::Token {
                options: core(json!({ "forceRefresh": force })),
            },
            Told::Signal(signal) => return Input::Signal(signal),
            told => {
                let reply = self.reply(told);
                return Input::Reply { id, part, reply };
            }
        };
        Input::Call { id, call }
    }

    fn reply(&self, told: Told) -> Reply {
        match told {
            Told::Committed { sight, session } => Reply::Committed {
                verdict: sight.verdict,
                seen: Seen {
                    order: sight.order,
                    generation: sight.generation,
                    version: sight.version,
                    live: sight.live,
                    ended: None,
                    ends_at: 0,
                    // Who signs in asks for this note alone.
                    ledger: sight.ending.into_iter().collect(),
                    session: session.map(|session| self.sessions.get(session).clone()),
                },
            },
            Told::Answer(answer) => Reply::Answer(self.answer(answer)),
            Told::Digest => Reply::Digest(Some(vec![7; 32])),
            Told::Probed => Reply::Probed {
                record: true,
                cookies: true,
                session_storage: true,
            },
            Told::CleanedUp => Reply::CleanedUp(Json::Null),
            Told::Wiped | Told::WipedTheirs => Reply::Wiped {
                removed: Vec::new(),
                residue: Vec::new(),
            },
            _ => Reply::Woken,
        }
    }

    fn answer(&self, answer: Answer) -> nightlatch::protocol::Answer {
        let (status, body) = match answer {
            Answer::Silence => return Err(Failure::Network),
            Answer::Busy => (503, json!(null)),
            Answer::Done => (200, json!({})),
            Answer::Refused => (400, json!({ "error": "invalid_grant" })),
            Answer::Granted(granted, nonce) => {
                let name = granted.name();
                let mut grant = json!({
                    "access_token": format!("AT{name}"), "refresh_token": format!("RT{name}"),
                    "token_type": "Bearer", "expires_in": self.lifetime,
                    // The scope prints, so that machines with different tokens print differently.
                    "scope": format!("openid-{name}"),
                });
                if let Some(nonce) = nonce {
                    let seconds = START / 1000;
                    grant["id_token"] = json!(token(&json!({
                        "iss": ISSUER, "sub": self.user(granted), "aud": "spa", "exp": seconds + 3600,
                        "iat": seconds, "nonce": self.texts.get(nonce),
                    })));
                }
                (200, grant)
            }
        };
        Ok(Response {
            status,
            body: (!body.is_null()).then(|| core(body)),
            retry_after: 0,
            flaw: None,
        })
    }

    pub(crate) fn wish(&mut self, output: Output, turn: &Turn) -> Option<Wish> {
        Some(match output {
            // Aborts the app's own requests, cleans the page's address, tells the app: no state.
            Output::Abort | Output::Clean(_) | Output::Event(_) => return None,
            // A page that would be loaded anew goes on instead: there is more that it could do wrong.
            Output::Hide => Wish::Hide,
            Output::Reveal(_) => Wish::Reveal,
            // The look of a page that is back takes less.
            Output::Perform {
                effect: Effect::Wait(5_000),
                ..
            } => return None,
            // Acknowledgements are counted for the report, and nothing else.
            Output::Post(Message::Acknowledge { .. }) => return None,
            Output::Post(Message::Look { .. }) => Wish::Post,
            Output::Forget => Wish::Forget,
            Output::Keep(Slot::Left, left) => Wish::Left(left.as_ref().and_then(Json::count)),
            Output::Keep(slot, value) => Wish::Keep(
                slot,
                value.map(|value| self.texts.number(plain(&value).to_string())),
            ),
            Output::Mark => Wish::Mark,
            Output::Navigate(address) => {
                Wish::Navigate(self.texts.number(address.url.reveal().to_owned()))
            }
            Output::Settle { id, result } => {
                let outcome = match result {
                    Ok(Settled::AccessToken(token)) => {
                        Outcome::Token(Token::read(token.reveal()).unwrap())
                    }
                    Ok(_) => Outcome::Done,
                    Err(error) if error.code.as_str() == "sign_in_superseded" => {
                        Outcome::Superseded
                    }
                    Err(_) => Outcome::Failed,
                };
                Wish::Settle(id, outcome)
            }
            Output::Show(snapshot) => {
                let token = snapshot.scope.as_deref().and_then(Token::read);
                Wish::Show(snapshot.status, token)
            }
            Output::Shut => Wish::Shut,
            Output::Perform { id, part, effect } => self.effect(turn.id(id), part, effect),
        })
    }

    fn effect(&mut self, id: Id, part: u8, effect: Effect) -> Wish {
        match effect {
            Effect::Commit { change, .. } => Wish::Commit(id, part, self.changes.number(change)),
            Effect::Digest(_) => Wish::Now(id, part, Told::Digest),
            // Before the page leaves for the provider: it does not.
            Effect::Fetch(request) if request.form.is_none() => {
                Wish::Now(id, part, Told::Answer(Answer::Silence))
            }
            Effect::Fetch(request) => match asked(&request) {
                Some(ask) => Wish::Ask(id, part, ask),
                // An access token dies with its family; the provider says so at once.
                None => Wish::Now(id, part, Told::Answer(Answer::Done)),
            },
            Effect::Probe => Wish::Now(id, part, Told::Probed),
            Effect::Wait(250) => Wish::Nap(id, part),
            // Another tab may be on its way to the provider: that is shown for a while.
            Effect::Wait(_) if id > OWN => Wish::Nap(id, part),
            Effect::Wait(10_000) => Wish::Stay(id, part),
            // How long acknowledgements are counted: nothing hangs on it.
            Effect::Wait(_) => Wish::Now(id, part, Told::Woken),
            Effect::Application { .. } => unreachable!("no application is configured"),
            Effect::Wipe { own: false, .. } => Wish::Now(id, part, Told::WipedTheirs),
            Effect::Wipe { .. } => Wish::Now(id, part, Told::Wiped),
        }
    }

    /// The code's address of a sign-in that has left: as the provider sends it back.
    pub(crate) fn returned(&mut self, address: Number, at: u8) -> (Number, Number) {
        let query = self.texts.get(address).split_once('?').unwrap().1;
        let asked = fields(query);
        let code = format!("code-{at}");
        let back = format!(
            "{CALLBACK}?{}",
            url::form(&[("code", &code), ("state", &asked["state"])])
        );
        (
            self.texts.number(back),
            self.texts.number(asked["nonce"].clone()),
        )
    }
}

/// What a request asks; `None` for the revocation of an access token.
fn asked(request: &Request) -> Option<Ask> {
    let form = fields(request.form.as_ref().unwrap().0.reveal());
    if let Some(code) = form.get("code") {
        let family = code.strip_prefix("code-").unwrap().parse().unwrap();
        return Some(Ask::Exchange(family));
    }
    if let Some(token) = form.get("refresh_token") {
        return Some(Ask::Refresh(Token::read(token).unwrap()));
    }
    let token = &form["token"];
    (!token.starts_with("AT")).then(|| Ask::Revoke(Token::read(token).unwrap()))
}
