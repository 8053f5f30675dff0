// The live layer's frames as one tab's sockets received them: what a test waits for when the
// page itself has no need to show it ("this tab is subscribed", "it recovered").

import { once, EventEmitter } from 'node:events';

const CONNECTED = 'pusher:connection_established';
const SUBSCRIBED = 'pusher_internal:subscription_succeeded';

export class LiveWire {
  /** Every frame received so far, over all of the tab's connections. */
  frames = [];
  #arrivals = new EventEmitter().setMaxListeners(0);

  constructor(page) {
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => {
        const frame = parse(payload);
        if (!frame) return;
        this.frames.push(frame);
        this.#arrivals.emit('frame');
      });
    });
  }

  /** How many frames there are: a place to wait from. */
  get here() {
    return this.frames.length;
  }

  /** The first frame since `from` for which `matches` holds, now or when it comes. */
  async frame(matches, { from = 0, within = 30_000, what = 'a frame' } = {}) {
    const signal = AbortSignal.timeout(within);
    for (let next = from; ; next++) {
      while (next >= this.frames.length) {
        await once(this.#arrivals, 'frame', { signal }).catch(() => {
          throw new Error(`${what} did not come within ${within} ms`);
        });
      }
      if (matches(this.frames[next])) return this.frames[next];
    }
  }

  /** Waits until the tab has a connection. */
  connected({ from = 0 } = {}) {
    return this.frame((frame) => frame.event === CONNECTED, { from, what: 'a connection' });
  }

  /** Waits until the tab is subscribed to a channel; its frame tells whether it recovered. */
  subscribed(channel, { from = 0 } = {}) {
    const matches = (frame) => frame.event === SUBSCRIBED && frame.channel === channel;
    return this.frame(matches, { from, what: `a subscription to ${channel}` });
  }
}

/**
 * Stands between a page and the server's sockets. `reconnect` closes the open one, as a server that
 * is going down does, and lets `change` change the next one's greeting; `established` counts them.
 */
export async function interceptSockets(page) {
  const sockets = { established: 0, open: null, change: null };
  sockets.reconnect = (change) => {
    sockets.change = change;
    sockets.open.close({ code: 4200, reason: 'the server is going down' });
  };
  await page.routeWebSocket(/\/app\//, (socket) => {
    const server = socket.connectToServer();
    sockets.open = socket;
    socket.onMessage((message) => server.send(message));
    server.onMessage((message) => {
      const frame = JSON.parse(message);
      if (frame.event !== CONNECTED) return socket.send(message);
      sockets.established += 1;
      sockets.change?.(frame);
      sockets.change = null;
      socket.send(JSON.stringify(frame));
    });
  });
  return sockets;
}

function parse(payload) {
  try {
    return JSON.parse(payload);
  } catch {
    return null;
  }
}
