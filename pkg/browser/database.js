// A database of an extension's own: entries under numbers, found by their indexes.

/** One transaction. `indexes` name members; a list is found by each of its items. Nothing is awaited in it but its own requests. */
export async function within(name, indexes, work) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    const entries = request.result.createObjectStore("entries", { autoIncrement: true });
    for (const index of indexes) entries.createIndex(index, index, { multiEntry: true });
  };
  const database = await answer(request);
  try {
    const transaction = database.transaction("entries", "readwrite");
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = reject;
    });
    const [value] = await Promise.all([work(transaction.objectStore("entries")), done]);
    return value;
  } finally {
    database.close();
  }
}

/** What an IndexedDB request comes to. */
export function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
