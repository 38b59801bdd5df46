//! libFuzzer's way in. `NIGHTLATCH_TARGET` says which target it is.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use nightlatch_fuzz::{TARGETS, Target, run};

static TARGET: OnceLock<Target> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let target = TARGET.get_or_init(|| {
        let name = std::env::var("NIGHTLATCH_TARGET").expect("NIGHTLATCH_TARGET names a target");
        let named = TARGETS.iter().find(|(own, _)| *own == name);
        named.expect("there is no such target").1
    });
    run(*target, bytes);
});
