import type { OwnRow, Provider } from "../providers.js";

/** The provider of an issuer, by its row; `undefined` where no row is of it: then what is standard will do. */
export function providerFor(issuer: string, own?: OwnRow): Provider | undefined;

/** Where each fact comes from: by the function and the member of its row, whether it is verified, and the source (or what is believed). */
export const sources: Record<string, Record<string, [verified: boolean, source: string]>>;
