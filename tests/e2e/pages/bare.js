// What becomes of the package in a document that may be allowed next to nothing: every step is told to whoever can hear it.
const outcome = { problems: [], opaque: self.origin === "null", secure: isSecureContext };
const problem = (text) => void outcome.problems.push(String(text));
addEventListener("error", ({ message }) => problem(message));
addEventListener("unhandledrejection", ({ reason }) => problem(reason));

const { blocked, call } = Object.fromEntries(new URL(import.meta.url).searchParams);
if (blocked) {
  const refuse = () => {
    throw new DOMException("refused for this test", "SecurityError");
  };
  for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) Object.defineProperty(self, name, { get: refuse, configurable: true });
  Object.defineProperty(document, "cookie", { get: refuse, set: refuse });
  self.BroadcastChannel = refuse;
}

const issuer = "https://id.example.com";
const metadata = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` };
const told = ({ name, code, kind, message }) => ({ name, code, kind, message });
try {
  const { createClient } = await import("./nightlatch/index.js");
  outcome.imported = true;
  const own = self.origin === "null" ? "https://app.example.com" : self.origin;
  const auth = await createClient({ issuer, metadata, clientId: "spa", redirectUri: `${own}/`, application: { url: "/nothing-here" } });
  const { status, storage } = auth.getSnapshot();
  Object.assign(outcome, { status, storage });
  if (call === "login") await auth.login();
  if (call === "loginWithPopup") await (await import("./nightlatch/popup.js")).loginWithPopup(auth);
  if (call === "loginSilently") await (await import("./nightlatch/silent.js")).loginSilently(auth);
  if (call === "logout") outcome.report = await auth.logout();
} catch (error) {
  outcome.error = told(error);
}
setTimeout(() => {
  self.outcome = outcome;
  parent.postMessage(outcome, "*");
});
