// The one error that nightlatch rejects with.

export class AuthError extends Error {
  constructor(code, kind, message, { error, errorDescription, status, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.kind = kind;
    if (error !== undefined) this.error = error;
    if (errorDescription !== undefined) this.errorDescription = errorDescription;
    if (status !== undefined) this.status = status;
  }
  get name() {
    return "AuthError";
  }
}

/** The error that the core has described. */
export function fault({ code, kind, message, error, errorDescription, status }) {
  const said = { error, errorDescription, status };
  for (const name in said) said[name] ??= undefined;
  return new AuthError(code, kind, message, said);
}
