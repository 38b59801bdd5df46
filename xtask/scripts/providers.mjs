// Prints docs/providers.md: the table of pkg/providers.js, and where each fact of it comes from.
import * as providers from "../../pkg/providers.js";
import { sources } from "../../pkg/providers/all.js";

const rows = Object.entries(providers)
  .filter(([name]) => name !== "dialect")
  .map(([name, make]) => ({ name, row: make().row, options: make().options, facts: sources[name] ?? {} }));

const UNVERIFIED = " †";
/** The mark, where the member or what it stands in is not verified. */
const mark = ({ facts }, ...members) => (members.some((member) => facts[member]?.[0] === false) ? UNVERIFIED : "");
const code = (text) => `\`${text}\``;

const columns = {
  Provider: ({ name, row }) => `[${row.name}](#${name.toLowerCase()})`,
  Tokens(of) {
    const { unsupported, tokens, together, jwt, reach, cors } = of.row.revocation;
    if (unsupported) return `no: ${unsupported}`;
    const which = together ? "both, by the access token" : (tokens?.map((token) => token.replace("_", " ")).join(", ") ?? "both");
    const limits = [
      jwt === false && "no access token that is a JWT",
      reach === "grant" && "with the permission, so only if asked",
      cors === false && "the answer may not be read",
    ].filter(Boolean);
    return [which, ...limits].join("; ") + mark(of, "revocation");
  },
  "Its own session"(of) {
    const { unsupported, parameters = {}, hint, returns } = of.row.logout;
    if (unsupported) return `no: ${unsupported}`;
    const names = Object.entries(parameters).filter(([, other]) => other).map(([standard, other]) => `${code(other)} for ${code(standard)}`);
    const limits = [hint === "required" && "takes an ID token", hint === "toReturn" && "comes back only with an ID token", returns && "the way back proves nothing"];
    return [of.row.logout.endpoint ? "its own way" : "standard, where the metadata has it", ...names, ...limits].filter(Boolean).join("; ") + mark(of, "logout", "logout.parameters");
  },
  "Forced password": (of) => code(`prompt=${of.options.promptAfterLogout ?? "login"}`) + (of.facts.prompt?.[0] ? "" : UNVERIFIED),
  "All devices"(of) {
    const { endpoint, scope } = of.row.devices;
    return endpoint ? ["its own address", scope && `scope ${code(scope)}`].filter(Boolean).join("; ") : "none known";
  },
  Permission(of) {
    if (of.row.revocation.reach === "grant") return "by revocation";
    if (of.row.consent.unsupported) return of.row.consent.unsupported;
    return of.row.consent.endpoint ? "its own address" : "none known";
  },
  CORS(of) {
    if (of.row.revocation.unsupported) return "–";
    return of.row.revocation.cors === false ? "no" : `as the standard has it${mark(of, "revocation.cors")}`;
  },
  "Secret, backend": (of) => (of.row.revocation.secret ? "secret: your own server" : `none${mark(of, "revocation", "revocation.credentials")}`),
};

const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

function details(of) {
  const issuer = of.row.issuer ? `Issuer ${code(of.row.issuer)}.` : of.row.matches ? `Issuers ${code(of.row.matches)}.` : "Any issuer.";
  const ends = [
    of.row.devices.ends && `On all devices it ends ${of.row.devices.ends}.`,
    of.row.consent.ends && `To take the permission back ends ${of.row.consent.ends}.`,
  ];
  const facts = Object.entries(of.facts).map(([member, [verified, source]]) => line([`${code(member)}${verified ? "" : UNVERIFIED}`, source]));
  const table = facts.length > 0 ? ["", line(["fact", "source, or what is believed"]), "|---|---|", ...facts] : ["", "Nothing deviates."];
  return [`### ${of.name}`, "", [`${of.row.name}.`, issuer, ...ends].filter(Boolean).join(" "), ...table, ""].join("\n");
}

const heads = Object.keys(columns);
console.log(`# Providers

What a sign-out reaches with each row of \`nightlatch/providers\`, and where each fact comes from. This page is generated from the rows: change
\`pkg/providers.js\` and \`pkg/providers/sources.js\`, then run \`cargo xtask docs\`.

**†** is not verified. What is not verified has no effect: the standard's behaviour stands in its place. What is believed stands below, beside its fact. A
provider that is not here speaks the standards, or gets a row of your own: \`dialect(row)\`.

${[line(heads), `|${"---|".repeat(heads.length)}`, ...rows.map((of) => line(heads.map((head) => columns[head](of))))].join("\n")}

- **Tokens**: which of the two are revoked (RFC 7009). "With the permission": a revocation takes the user's permission back on all devices, so
  \`logout()\` skips it and \`disconnect()\` or \`revoke: "grant"\` does it. Where permission goes with a token, a token that a newer sign-in replaced, or that comes late,
  is not revoked either: it would end the newer session.
- **Its own session**: OpenID Connect RP-Initiated Logout 1.0, or its dialect.
- **Forced password**: what the next sign-in asks for when the end of the provider's own session is not confirmed.
- **All devices**: \`logoutEverywhere()\` of \`nightlatch/everywhere\`. It takes an access token with that scope, and one for that address.
- **Permission**: \`disconnect()\` of \`nightlatch/disconnect\`.
- **CORS**: whether a page may read the answer to a revocation. Where it may not, the outcome is \`unknown\`, never \`revoked\`.

## Sources

${rows.map(details).join("\n").trimEnd()}`);
