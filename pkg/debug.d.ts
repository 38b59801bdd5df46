/** One thing that a client did or met. Frozen, plain data, and without a secret: show it, log it, send it. */
export interface DebugEntry {
  /** When, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** The same in milliseconds since {@link debug} was called. */
  readonly sinceMs: number;
  /** Four letters that stand for this page, so that lines of several tabs can be told apart. Others after every load. */
  readonly tab: string;
  /**
   * What kind of thing: `call`, what the app asked and what came of it. `event`, what the app is told. `message`, what tabs say to each other. `record`, what a
   * transaction on the shared record came to. `request`, a request or its answer. `signal`, what the page's comings and goings cause. `step`, what is
   * done in this browser. `warning`, what could be better; each once.
   */
  readonly kind: "call" | "event" | "message" | "record" | "request" | "signal" | "step" | "warning";
  /** Which: `logout`, `shut`, `ended`, `answer`. New ones may come with any version. */
  readonly name: string;
  /** The same in English. */
  readonly text: string;
  /** Numbers and words of closed lists: `endpoint`, `status`, `ms`, `failure`, `error`, outcomes. */
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

/** What {@link debug} takes. */
export interface DebugOptions {
  /** Takes every entry as it comes. Default: the console, warnings as warnings. What it throws goes to `reportError`. */
  log?: (entry: DebugEntry) => void;
  /** How many entries {@link Debug.timeline} keeps; the oldest goes first. Default 1000. */
  limit?: number;
}

/** What {@link debug} gives, for the option `debug`. */
export interface Debug {
  /** What happened so far, oldest first. */
  readonly timeline: readonly DebugEntry[];
  /** For the client alone. */
  extend(core: unknown, page: unknown, calls: unknown, options: unknown): void;
}

/**
 * Tells what a client does, step by step, for the option `debug` of `createClient`: sign-ins, refreshes and who makes them, what each transaction on the
 * record came to, messages between tabs, every step of a sign-out with its outcomes, and requests by the kind of their endpoint, with status and
 * duration. Of addresses no more than an API's origin is told; tokens, codes, verifiers, `state`, claims and keys are not.
 *
 * It warns of a refresh token that the provider neither replaces nor binds to a key (`refresh_token_not_rotated`, RFC 9700 §2.2.2), of headers that CORS
 * hides (`retry_after_hidden`, `challenge_hidden`), of a callback page in a frame (`framed_callback`), of a browser that keeps nothing (`storage_refused`), and of
 * what the provider lacks (`no_revocation`, `no_end_session`, `no_refresh_token`, `keys_unreadable`).
 */
export function debug(options?: DebugOptions): Debug;
