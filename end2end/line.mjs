// The line between one person's browser and the server, which a test can cut, hold or slow
// down while everyone else's goes on.
//
// It is a SOCKS proxy rather than a plain relay, so that every browser sees the server under
// the same address whatever line it uses: cookies, Origin and links are as without it.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const SOCKS5 = 5;
const NO_AUTHENTICATION = Buffer.from([SOCKS5, 0]);
const reply = (status) => Buffer.from([SOCKS5, status, 0, 1, 0, 0, 0, 0, 0, 0]);
const SUCCEEDED = 0;
const REFUSED = 5;

export class Line {
  /** A line that leads to `port` on this machine, whatever address the browser asks for. */
  static async to(port) {
    const line = new Line(port);
    line.#listener.listen(0, '127.0.0.1');
    await once(line.#listener, 'listening');
    return line;
  }

  #port;
  #state = 'open';
  #delay = 0;
  #sockets = new Set();
  #listener = createServer((browser) => this.#accept(browser));

  constructor(port) {
    this.#port = port;
  }

  /** Where a browser finds this line: a proxy's URL. */
  get proxy() {
    return `socks5://127.0.0.1:${this.#listener.address().port}`;
  }

  /** A pulled cable that both sides notice: what is open breaks, nothing new connects. */
  cut() {
    this.#state = 'cut';
    for (const socket of this.#sockets) socket.destroy();
  }

  /** A network that swallows everything: connections stay open, no byte passes, nobody is told. */
  hold() {
    this.#state = 'held';
    for (const socket of this.#sockets) socket.pause();
  }

  /** Every byte takes this many milliseconds longer, in each direction. */
  slow(milliseconds) {
    this.#delay = milliseconds;
  }

  /** All is well again; what a held line kept back arrives now, as TCP would send it again. */
  heal() {
    this.#state = 'open';
    this.#delay = 0;
    for (const socket of this.#sockets) socket.resume();
  }

  async close() {
    this.cut();
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  #keep(socket) {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    if (this.#state === 'held') socket.pause();
  }

  #accept(browser) {
    if (this.#state === 'cut') return browser.destroy();
    this.#keep(browser);
    this.#greet(browser);
  }

  // The client's two short messages (the methods it offers, then where it wants to go) arrive
  // in one packet each: nothing else may be sent before the answer.
  #greet(browser) {
    browser.once('data', () => {
      browser.write(NO_AUTHENTICATION);
      browser.once('data', () => {
        const server = connect(this.#port, '127.0.0.1');
        this.#keep(server);
        server.once('connect', () => {
          browser.write(reply(SUCCEEDED));
          this.#forward(browser, server);
          this.#forward(server, browser);
        });
        server.once('error', () => browser.end(reply(REFUSED)));
      });
    });
  }

  #forward(from, to) {
    // One thing after the other, each not before it is due: bytes never overtake each other.
    let queue = Promise.resolve();
    const later = (action) => {
      const due = Date.now() + this.#delay;
      queue = queue.then(() => due > Date.now() && sleep(due - Date.now())).then(action);
    };
    from.on('data', (bytes) => later(() => to.writable && to.write(bytes)));
    from.on('end', () => later(() => to.end()));
    from.on('close', () => later(() => to.destroy()));
  }
}
