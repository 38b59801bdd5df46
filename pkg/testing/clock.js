// Time that passes when the test says so, and by itself where a client only waits for time.

/** How many turns of the microtask queue without news say that nothing is under way but waiting. */
const STILL = 40;

/** The time of a virtual browser. It starts at `now`, a time or a function that gives one. A request takes a millisecond; nothing else moves it but waits and the test. */
export class Clock {
  #source;
  #passed = 0;
  #timers = new Set();
  #news = 0;
  #deadlines = new Set();
  #isDriven = false;
  #isHeld = false;

  constructor(now = Date.now()) {
    this.#source = typeof now === "function" ? now : () => now;
  }

  now() {
    return this.#source() + this.#passed;
  }

  /** Whether waits of a client pass by themselves. */
  set automatic(automatic) {
    this.#isHeld = !automatic;
    this.#drive();
  }

  get automatic() {
    return !this.#isHeld;
  }

  /** Lets time pass: everything that is due happens at its moment, and what follows from it. */
  async advance(ms) {
    const end = this.now() + ms;
    this.#isDriven = true;
    try {
      for (let next; ; this.#jump(next)) {
        await this.settled();
        next = this.#next();
        if (!next || next.at > end) break;
      }
      this.#passed += Math.max(0, end - this.now());
    } finally {
      this.#isDriven = false;
    }
    await this.settled();
    this.#drive();
  }

  /** Something took a moment. */
  tick() {
    this.#passed += 1;
    this.stir();
  }

  /** What a client waits for: it passes by itself as soon as nothing else is under way. */
  wait(ms) {
    return new Promise((resolve) => {
      this.#add({ at: this.now() + ms, act: resolve, passes: true });
      this.#drive();
    });
  }

  /** The same promise, unless so much time passes first: `wait` until then. */
  async within(ms, promise) {
    let timer;
    const late = new Promise((resolve) => (timer = this.#add({ at: this.now() + ms, act: resolve, passes: true })));
    this.#drive();
    try {
      return await Promise.race([promise, late]);
    } finally {
      this.#timers.delete(timer);
    }
  }

  /** Has something happen later, once the test lets that much time pass. Gives what calls it off. */
  later(ms, act) {
    const timer = this.#add({ at: this.now() + ms, act, passes: false });
    return () => void this.#timers.delete(timer);
  }

  /** What the test or the app takes its time for, `ms` at most: time passes by itself until then, and no further. */
  async outside(ms, promise, late) {
    let giveUp;
    const deadline = { at: this.now() + ms };
    const passed = new Promise((resolve) => (giveUp = this.later(ms, () => resolve(late))));
    this.#deadlines.add(deadline);
    try {
      return await Promise.race([promise, passed]);
    } finally {
      giveUp();
      this.#deadlines.delete(deadline);
      this.#drive();
    }
  }

  /** Something happened. */
  stir() {
    this.#news += 1;
  }

  /** Resolves when nothing is under way but waiting. */
  async settled() {
    for (let turns = 0, news = this.#news; turns < STILL; turns += 1) {
      await undefined;
      if (news !== this.#news) [turns, news] = [0, this.#news];
    }
  }

  /** Resolves when nothing is under way at all but what the test or the app takes its time for. */
  async idle() {
    do await this.settled();
    while (this.#passes());
  }

  #passes() {
    const next = Math.min(...[...this.#timers].filter(({ passes }) => passes).map(({ at }) => at));
    const end = Math.min(...[...this.#deadlines].map(({ at }) => at));
    return !this.#isHeld && next < end;
  }

  #add(timer) {
    this.#timers.add(timer);
    this.stir();
    return timer;
  }

  async #drive() {
    if (this.#isDriven) return;
    this.#isDriven = true;
    for (;;) {
      await this.settled();
      if (!this.#passes()) break;
      this.#jump(this.#next());
    }
    this.#isDriven = false;
  }

  #next() {
    return [...this.#timers].sort((one, other) => one.at - other.at)[0];
  }

  #jump(timer) {
    this.#passed += Math.max(0, timer.at - this.now());
    this.#timers.delete(timer);
    this.stir();
    timer.act();
  }
}
