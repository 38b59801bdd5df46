// The surface that index.d.ts documents, with the WebAssembly inside.
import { configure as set, createClient as create } from "./client.js";
import parts from "./generated/bytes.js";
import { unpack } from "./unpack.js";

export { AuthError, client, getAccessToken, handleRedirectCallback, login, logout, onLogout } from "./client.js";

const embedded = () => unpack(parts);

export const createClient = (options) => create(options, embedded);
export const configure = (options) => set(options, embedded);
