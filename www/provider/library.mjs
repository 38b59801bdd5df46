/**
 * oidc-provider, loaded without its notice that it is made for a newer Node: it runs on Node 20, and a test's output is to hold only what the test says.
 */
export async function loadLibrary() {
  const { warn } = console;
  console.warn = (...words) => (String(words[0]).includes("Unsupported runtime") ? undefined : warn(...words));
  try {
    return await import("oidc-provider");
  } finally {
    console.warn = warn;
  }
}
