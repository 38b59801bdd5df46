// The app's own clean-up.

/** Runs all cleaners at once, and gives each one's name and outcome. None takes longer than `within` milliseconds. */
export function cleanUp(cleaners, { within }) {
  return Promise.all(
    [...cleaners].map(async ({ cleaner, name }) => {
      const late = new Promise((resolve) => setTimeout(resolve, within, "timedOut"));
      return { name, status: await Promise.race([outcome(cleaner), late]) };
    }),
  );
}

async function outcome(cleaner) {
  try {
    await cleaner();
    return "done";
  } catch (error) {
    reportError(error); // The app's mistake shows as its own and stops nothing.
    return "failed";
  }
}
