//! No message holds a secret: every failure there is, and everything that is said on the way, is searched for what
//! the provider and the random source gave.

use std::collections::BTreeSet;

use nightlatch::protocol::{Code, Failure, Response};
use nightlatch::session::{Call, Input, Signal};
use serde_json::{Value, json};

use crate::provider::{Mood, core, fields};
use crate::world::{CALLBACK, World};

/// What no message may hold, by name; and what was said, in which it is looked for.
#[derive(Default)]
struct Found {
    secrets: BTreeSet<String>,
    codes: BTreeSet<String>,
    said: usize,
}

impl Found {
    /// Listens to all that a world says while `act` goes on in it.
    fn listen(&mut self, world: &mut World, act: impl FnOnce(&mut Self, &mut World)) {
        world.overheard = Some(Vec::new());
        act(self, world);
        world.pass(20_000);
        self.secrets.extend(world.provider.given());
        self.secrets.extend(world.cookie.clone());
        let mut said = world.overheard.take().unwrap();
        said.push(world.at_rest());
        for text in &said {
            for secret in &self.secrets {
                assert!(!text.contains(secret.as_str()), "`{secret}` in {text}");
            }
        }
        self.said += said.len();
        for tab in &world.tabs {
            for settled in tab.settled.values() {
                if let Err(error) = settled {
                    self.codes.insert(error.code.as_str().to_owned());
                }
            }
        }
        for text in &said {
            for code in Code::ALL {
                if text.contains(&format!("\"{}\"", code.as_str())) {
                    self.codes.insert(code.as_str().to_owned());
                }
            }
        }
    }

    /// Leaves for the provider, and remembers what of the sign-in is secret.
    fn leave(&mut self, world: &mut World) -> Option<String> {
        world.log_in(0, json!({ "acrValues": "gold", "maxAge": 60 }));
        world.run();
        let address = world.tabs[0].navigated.clone()?;
        let asked = fields(address.split_once('?').unwrap().1);
        let kept: Value = serde_json::from_str(&world.tabs[0].storage.slots["sign-in"]).unwrap();
        for name in ["state", "nonce", "verifier"] {
            self.secrets.insert(kept[name].as_str().unwrap().to_owned());
        }
        self.secrets.insert(asked["state"].clone());
        Some(address)
    }

    /// Signs in as far as it goes; `change` changes the address of the answer.
    fn sign_in(&mut self, world: &mut World, change: impl Fn(String) -> String) {
        if self.leave(world).is_none() {
            return;
        }
        let address = change(world.answer_as(0, "ada"));
        world.reload(0);
        world.come_back(0, &address);
        world.run();
    }
}

/// How an endpoint can fail.
fn moods() -> Vec<Mood> {
    let mut moods: Vec<_> = [
        Failure::Network,
        Failure::Offline,
        Failure::Queued,
        Failure::Timeout,
        Failure::TooLarge,
    ]
    .into_iter()
    .flat_map(|failure| [Mood::Unreachable(failure), Mood::Loses(failure)])
    .collect();
    for (status, body) in [
        (200, Value::Null),
        (200, json!({})),
        (200, json!([])),
        (400, json!({ "error": "invalid_grant" })),
        (
            400,
            json!({ "error": "invalid_request", "error_description": "no" }),
        ),
        (401, json!({ "error": "invalid_client" })),
        (403, Value::Null),
        (500, json!("down")),
        (503, Value::Null),
    ] {
        moods.push(Mood::Says(status, body));
    }
    moods
}

/// What a provider can grant that no sign-in may be made of.
const GRANTS: [&str; 7] = [
    r#"{ "token_type": "mac" }"#,
    r#"{ "access_token": null }"#,
    r#"{ "access_token": "has a space" }"#,
    r#"{ "refresh_token": 7 }"#,
    r#"{ "expires_in": "soon" }"#,
    r#"{ "id_token": null }"#,
    r#"{ "id_token": "ey.not.one" }"#,
];

const CLAIMS: [&str; 9] = [
    r#"{ "iss": "https://evil.example" }"#,
    r#"{ "aud": "another" }"#,
    r#"{ "azp": "another" }"#,
    r#"{ "nonce": "foreign" }"#,
    r#"{ "sub": null }"#,
    r#"{ "exp": 1 }"#,
    r#"{ "iat": 9e15 }"#,
    r#"{ "auth_time": 1 }"#,
    r#"{ "acr": "lead" }"#,
];

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn no_failure_and_nothing_that_is_said_on_the_way_holds_a_secret() {
    // WEB-15, A20, A35
    let mut found = Found::default();
    for mood in moods() {
        let mut world = World::new();
        world.open();
        world.provider.discovery = mood.clone();
        found.listen(&mut world, |found, world| {
            found.sign_in(world, |address| address)
        });

        let mut world = World::new();
        world.open();
        world.provider.token = mood.clone();
        found.listen(&mut world, |found, world| {
            found.sign_in(world, |address| address)
        });

        let mut world = World::signed_in();
        world.provider.token = mood.clone();
        found.listen(&mut world, |_, world| {
            world.token(0, json!({ "forceRefresh": true }));
            world.run();
        });

        for scope in ["tab", "app", "provider"] {
            let mut world = World::signed_in_with(json!({ "application": "/logout" }));
            world.open();
            world.provider.revocation = mood.clone();
            world.provider.discovery = mood.clone();
            world.application = match &mood {
                Mood::Unreachable(failure) | Mood::Loses(failure) => Err(*failure),
                _ => Ok(Response {
                    status: 403,
                    body: None,
                    retry_after: 0,
                    flaw: None,
                }),
            };
            found.listen(&mut world, |_, world| {
                world.log_out(0, json!({ "scope": scope }));
            });
        }
    }
    for metadata in [
        json!({ "issuer": "https://evil.example" }),
        json!({ "token_endpoint": "http://id.example/token" }),
        json!({ "code_challenge_methods_supported": ["plain"] }),
    ] {
        let mut world = World::new();
        world.open();
        world.provider.metadata = metadata;
        found.listen(&mut world, |found, world| {
            found.sign_in(world, |address| address)
        });
    }
    for (grants, is_claims) in [(&GRANTS[..], false), (&CLAIMS[..], true)] {
        for change in grants {
            for refreshes in [false, true] {
                let mut world = if refreshes {
                    World::signed_in()
                } else {
                    World::new()
                };
                if !refreshes {
                    world.open();
                }
                let changed = if is_claims {
                    &mut world.provider.claims
                } else {
                    &mut world.provider.grant
                };
                *changed = value(change);
                found.listen(&mut world, |found, world| {
                    if refreshes {
                        world.token(0, json!({ "forceRefresh": true }));
                        world.run();
                    } else {
                        found.sign_in(world, |address| address);
                    }
                });
            }
        }
    }
    let state = |address: &str| address.split_once("state=").unwrap().1.to_owned();
    let refusal = "error=access_denied&error_description=%3Cimg%20src%3Dx%3E%00";
    for change in [
        &|address| format!("{address}&code=another"),
        &|address| format!("{address}&iss=https%3A%2F%2Fevil.example"),
        &|address| address.replace("state=", "state=x"),
        &|address| format!("{CALLBACK}?{refusal}&state={}", state(&address)),
        &|address| format!("{CALLBACK}?code=&state={}", state(&address)),
        &|address| address.replace(CALLBACK, "https://app.example/elsewhere"),
        &|address| address,
    ] as [&dyn Fn(String) -> String; 7]
    {
        let mut world = World::new();
        world.open();
        found.listen(&mut world, |found, world| found.sign_in(world, change));
    }

    // Overtaken: by a sign-out elsewhere before and after the exchange, and by the page's leaving.
    for held in ["commit Redeem", "answer to exchange", "commit Install"] {
        let mut world = World::new();
        world.open();
        let other = world.open();
        found.listen(&mut world, |found, world| {
            world.hold(held);
            found.sign_in(world, |address| address);
            world.log_out(other, json!({}));
            world.run();
            world.tell(0, Input::Signal(Signal::Away)).unwrap();
            world.release(held);
        });
    }
    for held in ["refresh", "answer to refresh", "commit Renew"] {
        let mut world = World::signed_in();
        let other = world.open();
        found.listen(&mut world, |_, world| {
            world.hold(held);
            world.token(0, json!({ "forceRefresh": true }));
            world.run();
            world.log_out(other, json!({}));
            world.run();
            world.release(held);
        });
    }

    // What the app asks wrongly, while there is something to give away.
    let mut world = World::signed_in();
    found.listen(&mut world, |_, world| {
        world.log_in(0, json!({ "extraParams": { "state": "mine" } }));
        world.log_in(0, json!({ "returnTo": "https://evil.example" }));
        world.log_out(0, json!({ "scope": "world" }));
        world.token(0, json!({ "minValidity": "long" }));
        let address = "https://evil.example/?code=x&state=y".to_owned();
        let (sign_in, sign_out) = (Some(core(json!("odd"))), Some(core(json!([]))));
        let here = address.clone();
        world.call(
            0,
            Call::Callback {
                address,
                here,
                sign_in,
                sign_out,
            },
        );
    });

    // Nothing was missed. The others are raised where there is a browser: `tests/e2e/secrets.test.mjs`.
    let elsewhere = [
        Code::ClientClosed,
        Code::InsecureContext,
        Code::PopupBlocked,
        Code::PopupClosed,
        Code::StorageUnavailable,
        Code::UserinfoRefused,
        Code::WasmBlocked,
    ];
    for code in Code::ALL {
        assert_eq!(
            found.codes.contains(code.as_str()),
            !elsewhere.contains(code),
            "{}",
            code.as_str()
        );
    }
    assert!(
        found.secrets.len() > 20 && found.said > 5_000,
        "{} secrets, {} texts",
        found.secrets.len(),
        found.said
    );
}
