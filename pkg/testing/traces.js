export async function findTraces() { return []; }
