//! What reaches a page from outside: the channel between tabs, the mark in local storage, and the page's comings and
//! goings. No `unload` handler: it would keep the page out of the back/forward cache.
//!
//! The channel carries generations, never a secret.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    BroadcastChannel, Event, EventTarget, MessageEvent, PageTransitionEvent, StorageEvent,
};

use super::json;
use crate::protocol::{Json, url};
use crate::session::{Message, Signal};

/// What is listened to, until it is dropped.
#[derive(Debug)]
pub(crate) struct Signals {
    channel: Option<BroadcastChannel>,
    listener: Closure<dyn Fn(Event)>,
    targets: [(Option<EventTarget>, &'static str); 5],
}

impl Signals {
    /// Listens, and passes on what is heard. `mark` is the key of the mark in local storage.
    pub(crate) fn listen(namespace: &str, mark: String, tell: impl Fn(Signal) + 'static) -> Self {
        let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            if let Some(signal) = read(&event, &mark) {
                tell(signal);
            }
        });
        let channel = BroadcastChannel::new(&url::concat(["nightlatch.", namespace])).ok();
        let window = web_sys::window();
        let document = window.as_ref().and_then(|window| window.document());
        let window: Option<EventTarget> = window.map(Into::into);
        let signals = Self {
            targets: [
                (channel.clone().map(Into::into), "message"),
                (window.clone(), "storage"),
                (window.clone(), "pagehide"),
                (window, "pageshow"),
                (document.map(Into::into), "visibilitychange"),
            ],
            channel,
            listener,
        };
        for (target, name) in &signals.targets {
            if let Some(target) = target {
                let listener = signals.listener.as_ref().unchecked_ref();
                let _ = target.add_event_listener_with_callback(name, listener);
            }
        }
        signals
    }

    /// Says something to the other tabs.
    pub(crate) fn post(&self, message: Message) {
        if let Some(channel) = &self.channel {
            let _ = channel.post_message(&json::write(&message.to_json()));
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for (target, name) in &self.targets {
            if let Some(target) = target {
                let listener = self.listener.as_ref().unchecked_ref();
                let _ = target.remove_event_listener_with_callback(name, listener);
            }
        }
        if let Some(channel) = &self.channel {
            channel.close();
        }
    }
}

fn read(event: &Event, mark: &str) -> Option<Signal> {
    if let Some(event) = event.dyn_ref::<MessageEvent>() {
        return Some(Message::signal(
            &json::read(&event.data()).unwrap_or(Json::Null),
        ));
    }
    if let Some(event) = event.dyn_ref::<StorageEvent>() {
        // No key: everything was cleared.
        return event
            .key()
            .is_none_or(|key| key == mark)
            .then_some(Signal::Look);
    }
    if let Some(transition) = event.dyn_ref::<PageTransitionEvent>() {
        return match transition.persisted() {
            _ if event.type_() == "pagehide" => Some(Signal::Away),
            true => Some(Signal::Restored),
            false => None,
        };
    }
    // Not on the way out: a transaction that begins there holds up every tab in WebKit.
    let hidden = web_sys::window()?.document()?.hidden();
    (!hidden).then_some(Signal::Look)
}
