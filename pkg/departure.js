// Leaves for a sign-in that an extension has had a hand in.

/** Goes to the address of a detached sign-in in this very page, as `login` does. Nothing comes after. */
export function depart({ url, slot, signIn }) {
  sessionStorage.setItem(`nightlatch.${slot}.sign-in`, JSON.stringify(signIn));
  location.assign(url);
  return new Promise(() => {});
}
