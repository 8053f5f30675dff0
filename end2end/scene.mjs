// A scene: a real server, a real Chromium, and as many people as one wants, each with a browser
// profile and a line of their own. It remembers every error that a page reports.
//
// What pages call their parts (fields, buttons, the log of messages) is in plenum.mjs.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { Line } from './line.mjs';
import { signIn } from './plenum.mjs';
import { forgetSeed, ROOT, Server } from './server.mjs';
import { LiveWire } from './wire.mjs';

/** How Chromium is started: as root, without a graphics card, and without calling home. */
export const CHROMIUM = {
  executablePath: process.env.PLENUM_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

const RESULTS = join(ROOT, 'end2end/results');
const WITHIN = 30_000; // ms that a test waits for what must happen; nothing should come near it, on a busy machine either

// Where the people are, on purpose neither where the server is nor where it thinks it is:
// a page that formats a time differently on both sides fails hydration here.
const ELSEWHERE = { locale: 'en-GB', timezoneId: 'Asia/Kathmandu' };

let browser = null; // one for the process; people get a profile each

/** Closes the browser and removes what servers were copied from, when all scenes are over. */
export async function strikeTheSet() {
  await browser?.close();
  browser = null;
  await forgetSeed();
}

/** A server and the people in front of it. */
export class Scene {
  #people = [];
  #errors = [];
  #allow;
  #networkMayFail = false;

  /** A server, freshly seeded, and nobody in front of it yet. */
  static async open(settings = {}, t = null, allow = []) {
    browser ??= await chromium.launch(CHROMIUM);
    return new Scene(await Server.start(settings), t, allow);
  }

  constructor(server, t, allow) {
    this.server = server;
    this.t = t;
    this.#allow = allow;
  }

  /** Several people, signed in: `const [lena, tom] = await scene.people('lena', 'tom')`. */
  async people(...names) {
    return Promise.all(names.map((name) => this.person(name)));
  }

  /** One person with a browser profile and a line of their own, signed in with a page open. */
  async person(name, options = {}) {
    const person = await this.visitor(name, options);
    await signIn(person.page, `${name}@plenum.example`);
    return person;
  }

  /** The same, but nobody has signed in yet. */
  async visitor(name, { javaScript = true, theme, width = 1280, height = 800, ...context } = {}) {
    const line = await Line.to(this.server.port);
    const profile = await browser.newContext({
      baseURL: this.server.origin,
      proxy: { server: line.proxy },
      javaScriptEnabled: javaScript,
      viewport: { width, height },
      ...ELSEWHERE,
      ...context,
    });
    profile.setDefaultTimeout(WITHIN);
    if (theme) await profile.addCookies([{ name: 'theme', value: theme, url: this.server.origin }]);
    this.#listen(name, profile);
    const person = new Person(name, profile, line, this);
    this.#people.push(person);
    person.page = await person.tab();
    return person;
  }

  /**
   * Time passes, for the server and in all pages that are open. Pages first: they take what the server says of its clock for the least
   * that it can be.
   */
  async advance(milliseconds) {
    const turn = (milliseconds) => {
      const before = Date.now.bind(Date);
      Date.now = () => before() + milliseconds;
    };
    const pages = this.#people.flatMap(({ profile }) => profile.pages());
    await Promise.all(pages.map((page) => page.evaluate(turn, milliseconds)));
    await this.server.advance(milliseconds);
  }

  /** The server is killed without warning. */
  async kill() {
    this.networkMayFail();
    await this.server.kill();
  }

  /** The server comes back on the same port and database. */
  async restart() {
    this.networkMayFail();
    await this.server.restart();
  }

  /** From here on, a browser may report that the server could not be reached; nothing else. */
  networkMayFail() {
    this.#networkMayFail = true;
  }

  #listen(name, profile) {
    const record = (what) => {
      if (this.#allow.some((pattern) => pattern.test(what))) return;
      if (this.#networkMayFail && UNREACHABLE.some((pattern) => pattern.test(what))) return;
      this.#errors.push(`${name}: ${what}`);
    };
    profile.on('console', (message) => {
      const suspicious = message.type() === 'error' || /hydrat|panicked|unreachable/i.test(message.text());
      if (suspicious) record(`${message.text()} (${message.location().url})`);
    });
    profile.on('weberror', (error) => record(`uncaught ${error.error().stack ?? error.error()}`));
    profile.on('page', (page) => page.on('crash', () => record('the page crashed')));
  }

  assertNoErrors() {
    assert.deepEqual(this.#errors, [], 'pages reported errors');
  }

  async keepEvidence(name) {
    const folder = join(RESULTS, name.replace(/[^a-z0-9]+/gi, '-').slice(0, 60));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'server.log'), this.server.output);
    await writeFile(join(folder, 'console.log'), this.#errors.join('\n'));
    for (const person of this.#people) {
      for (const [number, page] of person.profile.pages().entries()) {
        await page.screenshot({ path: join(folder, `${person.name}-${number + 1}.png`), timeout: 3_000 }).catch(() => {});
      }
    }
    this.t?.diagnostic(`pictures, consoles and the server's output: ${folder}`);
  }

  async close() {
    await Promise.all(this.#people.map((person) => person.leave()));
    await this.server.dispose();
  }
}

// What Chromium writes when nothing answers. An answer with a status is not among it.
const UNREACHABLE = [/net::ERR_[A-Z_]+/, /^WebSocket connection to '[^']*' failed/];

/** Someone with a browser profile (cookies, storage) and a line; `page` is their first tab. */
export class Person {
  #wires = new Map();

  constructor(name, profile, line, scene) {
    this.name = name;
    this.profile = profile;
    this.scene = scene;
    this.line = {
      cut: () => (scene.networkMayFail(), line.cut()),
      hold: () => (scene.networkMayFail(), line.hold()),
      slow: (milliseconds) => line.slow(milliseconds),
      heal: () => line.heal(),
      close: () => line.close(),
    };
  }

  /** Another tab of the same person. */
  async tab() {
    const page = await this.profile.newPage();
    this.#wires.set(page, new LiveWire(page));
    return page;
  }

  /** Opens a page and waits until scripts have taken it over and it is connected, or subscribed to `channel`. */
  async open(path, { page = this.page, channel = null } = {}) {
    const from = this.wire(page).here;
    await page.goto(path);
    await (channel ? this.wire(page).subscribed(channel, { from }) : this.wire(page).connected({ from }));
  }

  /** What came over the sockets of a tab: to wait for a subscription, or to look at a frame. */
  wire(page = this.page) {
    return this.#wires.get(page);
  }

  /** Closes the browser profile with all its tabs, and the line. */
  async leave() {
    await this.profile.close().catch(() => {});
    await this.line.close().catch(() => {});
  }
}
