//! Child processes: each in a group of its own, with a deadline, and none that outlives its step.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write, stdout};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use rustix::process::{Pid, Signal, WaitOptions};

/// How often the person has asked to stop.
static INTERRUPTS: AtomicUsize = AtomicUsize::new(0);

/// Prepares for Ctrl-C, and takes over processes whose parents die.
pub(crate) fn watch() -> Result<()> {
    ctrlc::set_handler(|| {
        INTERRUPTS.fetch_add(1, Ordering::SeqCst);
    })?;
    // A browser whose driver was killed would otherwise become a child of init, where `sweep` cannot find it.
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    Ok(())
}

pub(crate) fn interrupted() -> bool {
    INTERRUPTS.load(Ordering::SeqCst) > 0
}

/// Runs the command with its output shown. Anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let mut child = start(command)?;
    let status = wait(&mut child, Some(LIMIT));
    finish(command, &child, status).and_then(|status| succeeded(command, status))
}

/// Runs the command for as long as it likes; ended by Ctrl-C, it counts as done.
pub(crate) fn serve(command: &mut Command) -> Result<()> {
    let mut child = start(command)?;
    let status = wait(&mut child, None);
    match finish(command, &child, status) {
        _ if interrupted() => Ok(()),
        result => result.and_then(|status| succeeded(command, status)),
    }
}

/// Runs the command with its standard output shown and kept; says whether it succeeded.
pub(crate) fn tee(command: &mut Command) -> Result<(bool, String)> {
    let mut child = start(command.stdout(Stdio::piped()))?;
    let pipe = child.stdout.take().context("a pipe was asked for")?;
    let copy = thread::spawn(move || {
        let mut kept = String::new();
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            // Whoever reads our output may have gone; the work goes on.
            let _ = writeln!(stdout(), "{line}");
            kept.push_str(&line);
            kept.push('\n');
        }
        kept
    });
    let status = wait(&mut child, Some(LIMIT));
    // Ends the group first: a survivor would keep the pipe open.
    let status = finish(command, &child, status)?;
    let kept = copy
        .join()
        .map_err(|_| anyhow!("reading the output of {} failed", name(command)))?;
    Ok((status.success(), kept))
}

/// Runs the command and returns its standard output.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| cannot_start(command, &error))?;
    succeeded(command, output.status)?;
    Ok(String::from_utf8(output.stdout)?)
}

/// Ends every process that stems from this one, and names those that had to be ended.
pub(crate) fn sweep() -> Vec<String> {
    let mut names = Vec::new();
    // A browser's helpers take a moment to follow it.
    for (patience, signal) in [
        (Duration::from_secs(2), Signal::TERM),
        (Duration::from_secs(2), Signal::KILL),
    ] {
        let start = Instant::now();
        while !descendants().is_empty() && start.elapsed() < patience {
            thread::sleep(Duration::from_millis(50));
        }
        for (pid, name) in descendants() {
            let _ = rustix::process::kill_process(pid, signal);
            if signal == Signal::TERM {
                names.push(name);
            }
        }
    }
    descendants();
    names.sort();
    names.dedup();
    names
}

fn start(command: &mut Command) -> Result<Child> {
    command
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(|error| cannot_start(command, &error))
}

fn cannot_start(command: &Command, error: &std::io::Error) -> anyhow::Error {
    anyhow!("{} does not start: {error}", name(command))
}

/// Waits for the child; passes on the first Ctrl-C, and stops waiting after a second one or the limit.
fn wait(child: &mut Child, limit: Option<Duration>) -> Result<ExitStatus> {
    let start = Instant::now();
    let mut reaped = start;
    let mut asked = None;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if limit.is_some_and(|limit| start.elapsed() > limit) {
            bail!("not done after {} minutes", LIMIT.as_secs() / 60);
        }
        match (INTERRUPTS.load(Ordering::SeqCst), asked) {
            (0, _) => {}
            (1, None) => {
                asked = Some(Instant::now());
                signal_group(child, Signal::INT);
            }
            (1, Some(since)) if since.elapsed() < GRACE => {}
            _ => bail!("interrupted"),
        }
        if reaped.elapsed() > Duration::from_secs(1) {
            reap(child);
            reaped = Instant::now();
        }
        let pause = start.elapsed() / 20;
        thread::sleep(pause.clamp(Duration::from_millis(2), Duration::from_millis(100)));
    }
}

/// Ends what is left of the child's group.
fn finish(command: &Command, child: &Child, status: Result<ExitStatus>) -> Result<ExitStatus> {
    signal_group(child, Signal::KILL);
    if interrupted() {
        bail!("interrupted");
    }
    status.with_context(|| name(command))
}

fn signal_group(child: &Child, signal: Signal) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // That there is no such group any more is what is wanted.
        let _ = rustix::process::kill_process_group(group, signal);
    }
}

fn succeeded(command: &Command, status: ExitStatus) -> Result<()> {
    match status.success() {
        true => Ok(()),
        false => bail!("{} failed ({status})", name(command)),
    }
}

/// The first words of a command, for messages.
fn name(command: &Command) -> String {
    let program = command.get_program().to_string_lossy().into_owned();
    let program = program.rsplit('/').next().unwrap_or_default().to_owned();
    let words = command
        .get_args()
        .take(3)
        .map(|argument| argument.to_string_lossy().into_owned());
    let line: Vec<String> = std::iter::once(program).chain(words).collect();
    format!("`{}`", line.join(" "))
}

/// Buries what ended and became ours by its parent's death: a browser is many processes, and tests open many browsers.
fn reap(child: &Child) {
    for process in processes() {
        if process.ended && process.parent == own() && process.pid.cast_unsigned() != child.id() {
            let _ = rustix::process::waitpid(Pid::from_raw(process.pid), WaitOptions::NOHANG);
        }
    }
}

/// The processes that stem from this one. To be called when no child is waited for.
fn descendants() -> Vec<(Pid, String)> {
    while let Ok(Some(_)) = rustix::process::wait(WaitOptions::NOHANG) {}

    let mut children: HashMap<i32, Vec<Process>> = HashMap::new();
    for process in processes() {
        children.entry(process.parent).or_default().push(process);
    }
    let mut found = Vec::new();
    let mut open = vec![own()];
    while let Some(parent) = open.pop() {
        for process in children.remove(&parent).unwrap_or_default() {
            open.push(process.pid);
            found.extend(Pid::from_raw(process.pid).map(|pid| (pid, process.name)));
        }
    }
    found
}

/// A row of Linux's process table.
struct Process {
    pid: i32,
    parent: i32,
    name: String,
    ended: bool,
}

/// Every process, by what Linux tells; elsewhere none, and the end of the group must do.
fn processes() -> Vec<Process> {
    let parse = |stat: &str| {
        // `pid (name) state parent …`, where the name may hold anything, brackets too.
        let (head, tail) = stat.rsplit_once(") ")?;
        let (pid, name) = head.split_once(" (")?;
        let mut tail = tail.split(' ');
        Some(Process {
            pid: pid.parse().ok()?,
            name: name.to_owned(),
            ended: tail.next()? == "Z",
            parent: tail.next()?.parse().ok()?,
        })
    };
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| parse(&fs::read_to_string(entry.path().join("stat")).ok()?))
        .collect()
}

fn own() -> i32 {
    rustix::process::getpid().as_raw_nonzero().get()
}

/// No step takes this long: what does has stopped moving, and CI's time is bounded.
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// How long a child may take to end itself after Ctrl-C.
const GRACE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_named() {
        let error = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(error.to_string(), "`sh -c exit 3` failed (exit status: 3)");
    }

    #[test]
    fn a_survivor_of_the_group_does_not_hold_up_the_output() {
        let start = Instant::now();
        let (success, output) =
            tee(Command::new("sh").args(["-c", "sleep 60 & echo done"])).unwrap();
        assert!(success);
        assert_eq!(output, "done\n");
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}
