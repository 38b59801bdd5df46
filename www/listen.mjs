import { once } from "node:events";

/** Listens on loopback and resolves to the port; with `anyPort`, to another one where that is in use. */
export async function listen(server, port, anyPort = false) {
  try {
    server.listen({ port, host: "127.0.0.1", exclusive: true });
    await once(server, "listening");
  } catch (error) {
    if (!anyPort || error.code !== "EADDRINUSE") throw error;
    server.listen({ port: 0, host: "127.0.0.1", exclusive: true });
    await once(server, "listening");
  }
  return server.address().port;
}

/** Ends a server and every connection it still holds, answered or not. */
export async function close(server) {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
