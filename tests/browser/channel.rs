//! The channel between tabs.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::channel::Channel;
use crate::browser::clock;
use crate::kit::{js, until};
use crate::session::{Message, Signal};

type Heard = Rc<RefCell<Vec<Signal>>>;

fn open(namespace: &str) -> (Channel, Heard) {
    let heard = Heard::default();
    let into = heard.clone();
    (
        Channel::open(namespace, move |signal| into.borrow_mut().push(signal)),
        heard,
    )
}

#[wasm_bindgen_test]
async fn a_message_is_heard_by_the_others_and_not_by_oneself() {
    let ((one, own), (two, other)) = (open("channel-a"), open("channel-a"));
    let (stranger, elsewhere) = open("channel-b");
    one.post(Message::Look { generation: 3 });
    one.post(Message::Acknowledge { generation: 4 });
    assert!(until(|| other.borrow().len() == 2).await);
    assert_eq!(
        *other.borrow(),
        [Signal::Look, Signal::Acknowledged { generation: 4 }]
    );
    assert!(own.borrow().is_empty() && elsewhere.borrow().is_empty());
    for channel in [one, two, stranger] {
        channel.close();
    }
}

#[wasm_bindgen_test]
async fn whatever_else_is_said_is_a_reason_to_look() {
    let (channel, heard) = open("channel-c");
    js(
        "(() => { const other = new BroadcastChannel('nightlatch.channel-c'); \
         for (const odd of [null, 'x', 1, {}, { kind: 'wipe' }, new Map(), new Date(), { kind: 'acknowledge', generation: 'x' }]) \
         other.postMessage(odd); other.close(); })()",
    );
    assert!(until(|| heard.borrow().len() == 8).await);
    assert!(heard.borrow().iter().all(|signal| *signal == Signal::Look));
    channel.close();
}

#[wasm_bindgen_test]
async fn a_closed_channel_is_silent() {
    let ((one, heard), (two, _)) = (open("channel-d"), open("channel-d"));
    one.close();
    two.post(Message::Look { generation: 1 });
    one.post(Message::Look { generation: 1 });
    clock::wait(100).await;
    assert!(heard.borrow().is_empty());
    two.close();
}
