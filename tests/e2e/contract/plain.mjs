/** What both sides tell, without times, names of this run, and what differs from one provider to another. */

/** A result or an error, as data. */
export function outcome({ value, error }) {
  if (error) {
    const { name, code, kind, status, error: refusal, message } = error;
    return { error: { name, code, kind, status: status ?? null, refusal: refusal ?? null, message } };
  }
  return { value: value === undefined ? null : plain(value) };
}

function plain(value) {
  if (value?.tokens) return report(value);
  if (value?.report) return { ...value, report: report(value.report) };
  if (value?.mayBeAlive) return { ...value, mayBeAlive: value.mayBeAlive.map(({ kind }) => kind) };
  if (value?.user) return { ...value, user: value.user.sub };
  return value;
}

function report({ startedAt, durationMs, timings, capabilities, ...rest }) {
  const times = { startedAt: typeof startedAt, durationMs: typeof durationMs, timings: Object.keys(timings).sort() };
  return { ...rest, ...times, ...(capabilities && { capabilities: plain(capabilities) }) };
}

/** Events in their order. That a tab stands where it stood says nothing new. */
export function story(events) {
  let status;
  const told = [];
  for (const { name, detail } of events) {
    if (name === "change" && detail.status === status) continue;
    if (name === "change") status = detail.status;
    told.push([name, said(name, detail)]);
  }
  return told;
}

function said(name, detail) {
  switch (name) {
    case "change":
      return detail.status;
    case "signedIn":
      return detail.user.sub;
    case "tokenRefreshed":
      return typeof detail.expiresAt;
    case "refreshFailed":
      return outcome({ error: detail.error?.code ? detail.error : detail });
    default:
      // What a driver carries over has no `undefined`.
      return Object.fromEntries(Object.entries(detail).map(([name, value]) => [name, value ?? null]));
  }
}

export function standing({ user, expiresAt, endsAt, ...snapshot }) {
  return { ...snapshot, user: user?.sub ?? null, expiresAt: typeof expiresAt, endsAt: typeof endsAt };
}
