/** Processes that outlive no test: each is the head of a group of its own, and the group ends with the test's process, however that ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 3000;
const OUTPUT_LIMIT = 8000;

/** Starts a program as the head of a new process group. */
export async function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options, detached: true });
  let output = "";
  const listen = (chunk) => (output = (output + chunk).slice(-OUTPUT_LIMIT));
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  await once(child, "spawn");
  const guard = guardian(child);

  return {
    output: () => output,
    hasEnded: () => hasEnded(child),
    async stop() {
      const ended = hasEnded(child) ? undefined : once(child, "exit");
      signal(child, "SIGTERM");
      await Promise.race([ended, sleep(PATIENCE_MS, undefined, { ref: false })]);
      // Whatever the head left behind goes too.
      signal(child, "SIGKILL");
      await ended;
      guard.kill("SIGKILL");
    },
  };
}

// Reads from a pipe that closes when this process is gone, be it by a signal that nobody can handle; then it ends the group.
function guardian(child) {
  const guard = spawn("sh", ["-c", 'read -r _; kill -KILL "-$1"', "sh", String(child.pid)], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  guard.unref();
  guard.stdin.unref();
  return guard;
}

function hasEnded(child) {
  return child.exitCode !== null || child.signalCode !== null;
}

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
