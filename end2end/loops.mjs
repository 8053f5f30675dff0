// Times the loops of development in a real browser: from saving a line under `make watch` to seeing it alive, and from saving a line of
// the server to its tests having run. It is also the smoke test of `make watch`: a page shows what was saved without being reloaded by
// hand, browser code and style sheet included; a compile error is survived; SIGTERM ends the server, too.
//
// It edits files of this checkout, which must be committed, and puts them back as they were.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { chromium } from 'playwright-core';

import { signIn } from './plenum.mjs';
import { CHROMIUM } from './scene.mjs';
import { freePort, ROOT } from './server.mjs';

const FIRST_BUILD = 45 * 60_000; // ms; everything, from nothing, in debug
const REBUILD = 10 * 60_000; // ms
const RUNS = 3; // the median counts

/** Lines of views: what is changed, and the link by whose click the browser's own code draws it. */
const VIEWS = [
  { name: 'a line of a view in ui', file: 'crates/ui/src/words.rs', line: 'ALL_EVENTS: &str = "All events', path: '/people', link: 'Events' },
  { name: 'a line of a view in messages', file: 'crates/messages/src/words.rs', line: 'NOTHING_CHOSEN: &str = "Choose a conversation', path: '/people', link: 'Messages' },
  { name: 'a line of a view in sales', file: 'crates/sales/src/words/orders.rs', line: 'ORDERS: &str = "Your orders', path: '/events', link: 'Your orders' },
];
const TYPES = 'crates/messages/src/model.rs';
const STYLE = 'style/main.css';
const SERVER = { file: 'crates/sales/src/server/expiry.rs', test: ['test', '--quiet', '--package', 'plenum-sales', '--features', 'ssr', '--lib', 'expiry'] };

const originals = new Map();
const rows = [];
let changes = 0;

/** Changes a file of the checkout; `restore` puts back all of them. */
async function edit(file, change) {
  const path = join(ROOT, file);
  if (!originals.has(path)) originals.set(path, await readFile(path, 'utf8'));
  const text = change(originals.get(path));
  assert.notEqual(text, originals.get(path), `${file} has not what is to be changed`);
  await writeFile(path, text);
}

async function restore() {
  for (const [path, text] of originals) await writeFile(path, text);
  originals.clear();
}

/** `make watch` as a developer starts it, with a database, ports and mails of its own. */
class Watch {
  #output = '';

  static async start() {
    const [port, reload] = [await freePort(), await freePort()];
    const directory = await mkdtemp(join(tmpdir(), 'plenum-loops-'));
    const env = {
      ...process.env,
      LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
      LEPTOS_RELOAD_PORT: String(reload),
      PLENUM_DATABASE__URL: `sqlite://${join(directory, 'plenum.db')}`,
      PLENUM_MAIL__OUTBOX: join(directory, 'outbox'),
      PLENUM_DEMO: 'true',
    };
    const watch = new Watch();
    watch.directory = directory;
    watch.port = port;
    watch.child = spawn('make', ['watch'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [watch.child.stdout, watch.child.stderr]) stream.on('data', (data) => (watch.#output += data));
    return watch;
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  get output() {
    return this.#output;
  }

  /** Waits until it has printed something that matches, from character `from` on. */
  async prints(pattern, from, within = REBUILD) {
    await until(() => pattern.test(this.#output.slice(from)), within, `watch never printed ${pattern}`);
  }

  async ready() {
    const answers = async () => (await fetch(`${this.origin}/readyz`).catch(() => null))?.ok ?? false;
    await until(answers, FIRST_BUILD, 'watch never served');
  }

  async isServing() {
    const socket = connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }

  /** Asks it to end, as a supervisor does. */
  async terminate() {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await ended;
    }
    await until(async () => !(await this.isServing()), 30_000, 'the server goes on after SIGTERM');
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function until(holds, within, otherwise) {
  const deadline = Date.now() + within;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(otherwise);
    await sleep(50);
  }
}

/** Does something a few times; notes the median of its seconds. */
async function time(name, once) {
  const seconds = [];
  for (let run = 0; run < RUNS; run++) seconds.push((await once()) / 1000);
  note(name, seconds.sort((a, b) => a - b)[Math.floor(RUNS / 2)]);
}

function note(name, seconds) {
  rows.push([name, seconds]);
  console.log(`  ${name.padEnd(48)} ${seconds.toFixed(1).padStart(7)} s`);
}

/** Saves, waits until the page has reloaded itself, and until a click on a link draws `text` by the browser's own code. */
async function savedAndSeen(page, { path, link }, text, save) {
  await page.goto(path);
  const reloaded = page.waitForEvent('load', { timeout: REBUILD });
  const begun = Date.now();
  await save();
  await reloaded;
  for (;;) {
    // A click before the page is alive loads the next page from the server, and the mark is gone.
    await page.evaluate(() => (window.isThisDocument = true));
    await page.getByRole('navigation').getByRole('link', { name: new RegExp(`^${link}\\b`) }).first().click();
    const shown = page.getByText(text).first();
    const seen = await shown.waitFor({ timeout: 20_000 }).then(() => true, () => false);
    const isAlive = await page.evaluate(() => window.isThisDocument === true);
    if (seen && isAlive) return Date.now() - begun;
    assert.ok(!isAlive, `the browser's code is old: no ${text}`);
    await page.goto(path);
  }
}

const marked = (line) => {
  changes += 1;
  return { text: `loop ${changes}.`, change: (source) => source.replace(line, `${line} loop ${changes}.`) };
};

async function run() {
  assert.equal(execFileSync('git', ['status', '--porcelain', '--untracked-files=no'], { cwd: ROOT, encoding: 'utf8' }), '', 'commit first: files are edited');
  const begun = Date.now();
  const watch = await Watch.start();
  const browser = await chromium.launch(CHROMIUM);
  try {
    await watch.ready();
    note('make watch, until it serves', (Date.now() - begun) / 1000);
    const page = await browser.newPage({ baseURL: watch.origin });
    await signIn(page, 'sam@plenum.example');

    for (const view of VIEWS) {
      await time(view.name, async () => {
        const { text, change } = marked(view.line);
        return savedAndSeen(page, view, text, () => edit(view.file, change));
      });
    }
    const [, messages] = VIEWS;
    await time("a message's type, and a line of its view", async () => {
      const { text, change } = marked(messages.line);
      return savedAndSeen(page, messages, text, async () => {
        await edit(TYPES, (source) => `${source}\n/// Changed by make loops.\npub const LOOP: u32 = ${changes};\n`);
        await edit(messages.file, change);
      });
    });
    await page.goto('/people');
    await time('a line of CSS', async () => {
      changes += 1;
      const saved = Date.now();
      await edit(STYLE, (source) => `${source}\n:root { --loop: ${changes}; }\n`);
      await page.waitForFunction((value) => getComputedStyle(document.documentElement).getPropertyValue('--loop').trim() === value, String(changes), {
        timeout: REBUILD,
        polling: 20,
      });
      return Date.now() - saved;
    });

    const from = watch.output.length;
    await edit(messages.file, (source) => `${source}\nthis does not compile\n`);
    await watch.prints(/error/, from);
    const { text, change } = marked(messages.line);
    await savedAndSeen(page, messages, text, () => edit(messages.file, change));
    console.log('  a compile error is survived');
  } catch (error) {
    console.error(watch.output.slice(-6000));
    throw error;
  } finally {
    await restore();
    await browser.close();
    await watch.terminate();
  }
  console.log('  SIGTERM ends the server');

  const test = () => execFileSync('cargo', SERVER.test, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    test();
    await time('a line of the server, until its tests have run', async () => {
      changes += 1;
      await edit(SERVER.file, (source) => `${source}\n/// Changed by make loops.\npub const LOOP: u32 = ${changes};\n`);
      const saved = Date.now();
      test();
      return Date.now() - saved;
    });
  } finally {
    await restore();
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => restore().then(() => process.exit(130)));
console.log('The loops of development; each the median of three:');
await run();
