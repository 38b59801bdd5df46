//! A status and what came of the signature on the first line, the token endpoint's answer on the others. `NONCE` stands for the sign-in's own.

use nightlatch::protocol::{Response, token};
use nightlatch::session::{Input, Settled};
use serde_json::{Value, json};

use crate::door::{Door, What, id_token};
use crate::kit::{ISSUER, core, plain};
use crate::oracle::{MARK, tells_no_secret, unmarked, value};

pub(crate) fn run(text: &str) {
    let text = unmarked(text);
    let (status, body) = text.split_once('\n').unwrap_or(("200", &text));
    let (status, proof) = status.split_once(' ').unwrap_or((status, ""));
    let status = status.parse().unwrap_or(200);
    judged(status, value(body));
    signs_in(status, proof, body);
}

/// What is accepted is a Bearer token with a lifetime that ends, and no error repeats a token.
fn judged(status: u16, body: Option<Value>) {
    let marked = body.clone().map(|mut body| {
        for name in ["access_token", "refresh_token", "id_token"] {
            if let Some(Value::String(token)) = body.get_mut(name)
                && !token.is_empty()
            {
                token.insert_str(0, MARK);
            }
        }
        body
    });
    let response = Response {
        status,
        body: marked.map(core),
        retry_after: 0,
        flaw: None,
    };
    match token::response(&response) {
        Ok(tokens) => {
            let body = body.expect("an object");
            assert_eq!(status, 200);
            let secret = |name: &str| body[name].as_str().map(|token| format!("{MARK}{token}"));
            let taken = |token: &Option<nightlatch::protocol::Secret>| {
                token.as_ref().map(|token| token.reveal().to_owned())
            };
            assert!(tokens.access_token.reveal().len() > MARK.len());
            assert_eq!(
                Some(tokens.access_token.reveal().to_owned()),
                secret("access_token")
            );
            assert_eq!(taken(&tokens.refresh_token), secret("refresh_token"));
            assert_eq!(taken(&tokens.id_token), secret("id_token"));
            assert!(
                body["token_type"]
                    .as_str()
                    .unwrap()
                    .eq_ignore_ascii_case("bearer")
            );
            assert!(tokens.expires_in.is_none_or(|seconds| seconds <= 1 << 31));
            assert_eq!(tokens.expires_in.is_none(), body["expires_in"].is_null());
            tells_no_secret(&format!("{tokens:?}"));
        }
        Err(error) => {
            tells_no_secret(&format!("{error} {error:?} {}", plain(&error.to_json())));
            let terminal = [
                "invalid_client",
                "invalid_grant",
                "unauthorized_client",
                "unsupported_grant_type",
            ];
            let word = body.as_ref().and_then(|body| body["error"].as_str());
            let over = status != 200 && word.is_some_and(|word| terminal.contains(&word));
            assert_eq!(token::is_terminal(&error), over);
        }
    }
}

/// Somebody is signed in by an answer that says who, to this client, for this sign-in; and by no other.
fn signs_in(status: u16, proof: &str, body: &str) {
    let mut door = Door::new(json!({}));
    door.start();
    door.settle_all();
    let address = door.leave();
    let nonce = door.slots["sign-in"]
        .member("nonce")
        .text()
        .unwrap()
        .to_owned();
    let body = filled(body, &nonce, door.now / 1000);
    let id = door.come_back(&address);
    let exchange = loop {
        let at = door.pending.iter().position(
            |pending| matches!(&pending.what, What::Fetch(request) if request.form.is_some()),
        );
        match at {
            Some(at) => break door.pending.remove(at),
            None => {
                let next = door
                    .pending
                    .iter()
                    .position(|pending| !matches!(pending.what, What::Other("woken")));
                door.go(next.expect("an exchange"));
            }
        }
    };
    let reply = door.answered(status, proof, &body).unwrap();
    let _ = door.tell(Input::Reply {
        id: exchange.id,
        part: exchange.part,
        reply,
    });
    door.settle_all();
    match door.settled.get(&id) {
        Some(Ok(Settled::SignedIn { user, .. })) => {
            assert_eq!(proof, "valid", "a token that nobody has proven");
            let answer = value(&body).unwrap();
            let claims = user.json();
            assert_eq!(claims.member("iss").text(), Some(ISSUER));
            assert_eq!(claims.member("nonce").text(), Some(nonce.as_str()));
            assert!(!user.subject().is_empty() && answer["id_token"].is_string());
            assert!(!answer["access_token"].as_str().unwrap().is_empty());
            let snapshot = door.snapshot.as_ref().unwrap();
            let end = snapshot.expires_at;
            assert!(end.is_none_or(|end| end <= door.now + ((1 << 31) * 1000)));
        }
        Some(Err(_)) => assert!(
            door.shared.sealed.is_none(),
            "a sign-in that failed is kept"
        ),
        settled => panic!("{settled:?}"),
    }
}

/// Puts ID tokens in the place of objects: an input cannot encode any, nor know the nonce or the time.
fn filled(body: &str, nonce: &str, seconds: u64) -> String {
    let text = body
        .replace("NONCE", nonce)
        .replace("NOW", &seconds.to_string());
    match value(&text) {
        Some(mut answer) => {
            if let Some(claims) = answer.get("id_token").filter(|claims| claims.is_object()) {
                answer["id_token"] = id_token(claims).into();
            }
            answer.to_string()
        }
        None => text,
    }
}
