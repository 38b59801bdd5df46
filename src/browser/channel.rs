//! The channel between tabs. It carries generations, never a secret.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

use super::json;
use crate::protocol::Json;
use crate::session::{Message, Signal};

/// One client's channel.
#[derive(Debug)]
pub(crate) struct Channel {
    channel: Option<BroadcastChannel>,
    _hear: Closure<dyn Fn(MessageEvent)>,
}

impl Channel {
    /// Opens the channel, and passes on what is heard.
    pub(crate) fn open(namespace: &str, hear: impl Fn(Signal) + 'static) -> Self {
        let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            hear(Message::signal(
                &json::read(&event.data()).unwrap_or(Json::Null),
            ));
        });
        let channel = BroadcastChannel::new(&["nightlatch.", namespace].concat()).ok();
        if let Some(channel) = &channel {
            channel.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        }
        Self {
            channel,
            _hear: hear,
        }
    }

    pub(crate) fn post(&self, message: Message) {
        if let Some(channel) = &self.channel {
            let _ = channel.post_message(&json::write(&message.to_json()));
        }
    }

    pub(crate) fn close(&self) {
        if let Some(channel) = &self.channel {
            channel.set_onmessage(None);
            channel.close();
        }
    }
}
