/** A person at the provider. */
import { until } from "../e2e/harness/until.mjs";

/** Types the first person's name and password where the provider asks for them. */
export async function giveName(world, tab) {
  await until("the provider asks", () => tab.has("#password"));
  const [{ username, password }] = world.accounts;
  await tab.fill("#username", username);
  await tab.fill("#password", password);
  await tab.click("#sign-in");
}
