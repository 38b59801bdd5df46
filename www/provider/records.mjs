/** What oidc-provider keeps, in memory and for as long as it asks (its own memory adapter forgets everything but the last thousand records). */
export function memoryRecords() {
  const records = new Map();
  let writes = 0;

  const live = (key) => {
    const record = records.get(key);
    if (record && record.endsAt <= Date.now()) {
      records.delete(key);
      return undefined;
    }
    return record?.payload;
  };
  const find = (predicate) => [...records.values()].find(({ payload, endsAt }) => endsAt > Date.now() && predicate(payload))?.payload;
  const sweep = () => {
    for (const key of records.keys()) live(key);
  };

  return (model) => ({
    async upsert(id, payload, expiresIn) {
      if ((writes += 1) % 1000 === 0) sweep();
      records.set(`${model}:${id}`, { model, payload, endsAt: expiresIn ? Date.now() + expiresIn * 1000 : Infinity });
    },
    async find(id) {
      return live(`${model}:${id}`);
    },
    async findByUid(uid) {
      return find((payload) => payload.kind === model && payload.uid === uid);
    },
    async findByUserCode(userCode) {
      return find((payload) => payload.kind === model && payload.userCode === userCode);
    },
    async consume(id) {
      const payload = live(`${model}:${id}`);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      records.delete(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, record] of records) {
        if (record.model === model && record.payload.grantId === grantId) records.delete(key);
      }
    },
  });
}
