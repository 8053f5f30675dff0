// Bun's WebSocket server (uWebSockets inside) with just enough of the Pusher protocol to be measured beside
// others: connect, subscribe to public channels, publish over the signed HTTP API.
//
//   bun benches/peers/bun.js PORT

const [port] = process.argv.slice(2);
const SECRET = 'bench-secret';
let sockets = 0;

const hex = (algorithm, text, key) => new Bun.CryptoHasher(algorithm, key).update(text).digest('hex');

/** True if a request was signed, as the protocol has it. */
function isSigned(method, url, body) {
  const pairs = [...url.searchParams].filter(([name]) => name !== 'auth_signature').sort(([a], [b]) => (a < b ? -1 : 1));
  const message = `${method}\n${url.pathname}\n${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`;
  const recent = Math.abs(Date.now() / 1000 - Number(url.searchParams.get('auth_timestamp'))) <= 600;
  const whole = url.searchParams.get('body_md5') === hex('md5', body);
  return recent && whole && url.searchParams.get('auth_signature') === hex('sha256', message, SECRET);
}

Bun.serve({
  hostname: '127.0.0.1',
  port,
  async fetch(request, server) {
    const url = new URL(request.url);
    if (url.pathname.startsWith('/app/')) return server.upgrade(request) ? undefined : new Response('no socket', { status: 426 });
    if (!url.pathname.endsWith('/events')) return new Response('nothing here', { status: 404 });
    const body = await request.text();
    if (!isSigned(request.method, url, body)) return new Response('not signed', { status: 401 });
    const { name: event, channels, data } = JSON.parse(body);
    for (const channel of channels) server.publish(channel, JSON.stringify({ event, channel, data }));
    return Response.json({});
  },
  websocket: {
    idleTimeout: 120,
    perMessageDeflate: false,
    open(socket) {
      const data = JSON.stringify({ socket_id: `1.${(sockets += 1)}`, activity_timeout: 30 });
      socket.send(JSON.stringify({ event: 'pusher:connection_established', data }));
    },
    message(socket, text) {
      const { event, data } = JSON.parse(text);
      if (event === 'pusher:ping') return void socket.send('{"event":"pusher:pong","data":"{}"}');
      if (event !== 'pusher:subscribe') return;
      socket.subscribe(data.channel);
      socket.send(JSON.stringify({ event: 'pusher_internal:subscription_succeeded', channel: data.channel, data: '{}' }));
    },
  },
});
