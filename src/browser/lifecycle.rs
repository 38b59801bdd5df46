//! The page's comings and goings. No `unload` handler: it would keep the page out of the
//! back/forward cache.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget, PageTransitionEvent, StorageEvent};

use crate::session::Signal;

type Listener = Closure<dyn Fn(Event)>;

/// What is listened to, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lifecycle {
    listeners: Vec<(EventTarget, &'static str, Listener)>,
}

impl Lifecycle {
    /// Listens. `mark` is the key of the mark in local storage.
    pub(crate) fn listen(mark: String, signal: Rc<dyn Fn(Signal)>) -> Self {
        let mut lifecycle = Self {
            listeners: Vec::new(),
        };
        let Some(window) = web_sys::window() else {
            return lifecycle;
        };
        let on = |read: fn(&Event, &str) -> Option<Signal>| {
            let (signal, mark) = (signal.clone(), mark.clone());
            Closure::<dyn Fn(Event)>::new(move |event: Event| {
                if let Some(happened) = read(&event, &mark) {
                    signal(happened);
                }
            })
        };
        lifecycle.add(
            &window,
            "storage",
            on(|event, mark| {
                let key = event.dyn_ref::<StorageEvent>()?.key();
                // No key: everything was cleared.
                key.is_none_or(|key| key == mark).then_some(Signal::Look)
            }),
        );
        lifecycle.add(&window, "pagehide", on(|_, _| Some(Signal::Away)));
        lifecycle.add(
            &window,
            "pageshow",
            on(|event, _| {
                event
                    .dyn_ref::<PageTransitionEvent>()?
                    .persisted()
                    .then_some(Signal::Restored)
            }),
        );
        if let Some(document) = window.document() {
            // Not on the way out: a transaction that begins there holds up every tab in WebKit.
            let visible = on(|_, _| {
                let hidden = web_sys::window()?.document()?.hidden();
                (!hidden).then_some(Signal::Look)
            });
            lifecycle.add(&document, "visibilitychange", visible);
        }
        lifecycle
    }

    fn add(&mut self, target: &EventTarget, name: &'static str, listener: Listener) {
        let _ = target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        self.listeners.push((target.clone(), name, listener));
    }
}

impl Drop for Lifecycle {
    fn drop(&mut self) {
        for (target, name, listener) in &self.listeners {
            let _ =
                target.remove_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
    }
}
