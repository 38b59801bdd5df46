// A service worker that does nothing: it is there to be unregistered.
