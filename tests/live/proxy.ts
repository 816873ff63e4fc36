import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A proxy that connects to everything it is asked for. */
export async function startProxy(answer = 'HTTP/1.1 200 OK\r\n\r\n') {
  const asks: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket)));
  };
  const server = createServer((socket) => {
    keep(socket);
    socket.once('data', (data) => {
      const head = data.toString('latin1');
      asks.push(head);
      const [, host = '', port] = /^CONNECT (.+):(\d+) /.exec(head) ?? [];
      socket.write(answer);
      if (!answer.includes(' 200 ')) return void socket.end();
      const inward = connect(Number(port), host);
      keep(inward);
      inward.pipe(socket).pipe(inward);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asks,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
