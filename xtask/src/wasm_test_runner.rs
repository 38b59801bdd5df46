//! The runner of the wasm32 tests: wasm-bindgen's own, with a server that is never short of threads.

use std::env;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args;

/// Names the variable that says where the runner's server listens.
pub(crate) const ADDRESS: &str = "WASM_BINDGEN_TEST_ADDRESS";

/// The threads that the runner's server (tiny_http) keeps from the beginning.
const IDLE_THREADS: usize = 4;

/// Runs one test binary in a browser; cargo gives its path and the options of `cargo test -- …`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if let Some(server) = env::var(ADDRESS).ok().and_then(|text| text.parse().ok()) {
        thread::spawn(move || occupy(server));
    }
    let name = "wasm-bindgen-test-runner".to_owned();
    run_cli_with_args(std::iter::once(&name).chain(arguments))
}

/// Holds one connection for each of the threads that the server begins with.
///
/// A connection holds its thread until it is closed. The server counts a thread as idle until it has woken, so that of six
/// connections at once, as Chromium opens them, all may be queued for its four threads: two are then never read, and no test
/// begins. A server without an idle thread makes one for each connection.
fn occupy(server: SocketAddr) {
    let mut held = Vec::new();
    while held.len() < IDLE_THREADS {
        match TcpStream::connect(server) {
            Ok(connection) => held.push(connection),
            Err(_) => thread::sleep(Duration::from_millis(5)),
        }
    }
    // For as long as the process runs.
    loop {
        thread::park();
    }
}

/// An address where nobody listens.
pub(crate) fn free_address() -> Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .context("no port is free on loopback")
}
