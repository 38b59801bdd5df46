// All rows at once, for apps that learn only at run time who their provider is, and for those who want to read the table.
import * as providers from "../providers.js";

export { sources } from "./sources.js";

/** The provider of an issuer, by its row; `undefined` where no row is of it. `own` is as for the functions of the rows. */
export function providerFor(issuer, own) {
  for (const make of Object.values(providers)) {
    if (make === providers.dialect) continue;
    const { row, options } = make();
    if (options.issuer === issuer || (row.matches && new RegExp(row.matches).test(issuer))) return make({ ...own, options: { issuer, ...own?.options } });
  }
  return undefined;
}
