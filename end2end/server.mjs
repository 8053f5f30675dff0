// The real server, as an operator runs it: a process of its own, started in an empty
// directory, on a free port, with a database that `plenum seed` has filled.
// It can be stopped, killed without warning, and started again on the same port and database.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const PROGRAM = process.env.PLENUM_BIN ?? join(ROOT, 'dist/plenum');
const READY_WITHIN = 60_000; // ms; a debug build on a busy machine takes a few seconds

/** What the tests tell plenum through its environment. Every name of a setting stands here. */
const settings = (directory, port) => ({
  LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
  PLENUM_DATABASE__URL: `sqlite://${join(directory, 'plenum.db')}`,
  PLENUM_MAIL__OUTBOX: join(directory, 'outbox'),
  PLENUM_DEMO: 'true',
  PLENUM_TESTING__CLOCK: 'true',
});

// Plenum refuses settings that it does not know, PLENUM_BIN among them; and what a developer has
// set for their own server is none of the tests' business.
const environment = (directory, port, more) => {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PLENUM|LEPTOS)_/.test(name));
  return { ...Object.fromEntries(inherited), ...settings(directory, port), ...more };
};

/** Starts a program and passes what it prints to `keep`. Returns the process, and a function that says why it has ended, if it has. */
export function launch(program, words, options, keep) {
  const child = spawn(program, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  let ended = null;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended ??= `it ended with ${signal ?? code}`));
  return { child, ended: () => ended };
}

export class Server {
  /** Starts a server; `env` adds settings or replaces them. */
  static async start({ env = {} } = {}) {
    const directory = await mkdtemp(join(tmpdir(), 'plenum-end2end-'));
    const server = new Server(directory, await freePort(), env);
    try {
      await cp(await seededDirectory(), directory, { recursive: true });
      await server.#launch();
      return server;
    } catch (error) {
      await server.dispose();
      throw error;
    }
  }

  #env;
  #ahead = 0; // ms that its clock was turned
  #child = null;
  #output = '';

  constructor(directory, port, env) {
    this.directory = directory;
    this.port = port;
    this.#env = environment(directory, port, env);
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** All that the server has printed, over its restarts. */
  get output() {
    return this.#output;
  }

  /** Turns its clock forward. What pages think it is, `Scene.advance` turns, too. */
  async advance(milliseconds) {
    await this.post('/testing/clock', { advance_ms: milliseconds });
    this.#ahead += milliseconds;
  }

  /** Asks for something that only a server under test does. */
  async post(path, body) {
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${this.origin}${path}`, request);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }

  /** Ends it as a power cut would: SIGKILL, no time for anything. */
  async kill() {
    await this.#end('SIGKILL');
  }

  /** Asks it to shut down, as a service manager does, and waits until it has. */
  async stop() {
    await this.#end('SIGTERM');
  }

  /** Starts it again, on the same port and database. */
  async restart() {
    await this.#end('SIGTERM');
    await this.#launch();
  }

  /** Stops it and removes its directory. */
  async dispose() {
    await this.#end('SIGKILL');
    await rm(this.directory, { recursive: true, force: true });
  }

  async #launch() {
    const env = { ...this.#env, PLENUM_TESTING__AHEAD_MS: `${this.#ahead}` };
    const { child, ended } = launch(PROGRAM, ['serve'], { cwd: this.directory, env }, (text) => (this.#output += text));
    this.#child = child;

    const deadline = Date.now() + READY_WITHIN;
    while (!(await answers(`${this.origin}/readyz`))) {
      if (ended()) throw new Error(`${PROGRAM} serve did not start: ${ended()}\n${this.#output}`);
      if (Date.now() > deadline) throw new Error(`${PROGRAM} serve is not ready after ${READY_WITHIN} ms\n${this.#output}`);
      await sleep(25);
    }
  }

  async #end(signal) {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }
}

/** Runs one of plenum's commands to its end and returns what it printed on standard output. */
export async function plenum(args, { directory = tmpdir(), env = {} } = {}) {
  const child = spawn(PROGRAM, args, {
    cwd: directory,
    env: environment(directory, 0, env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  const [code] = await once(child, 'close').catch((error) => {
    throw new Error(`${PROGRAM} does not run (${error.message}); 'make build' makes it`);
  });
  if (code !== 0) throw new Error(`plenum ${args.join(' ')} ended with ${code}\n${errors}${output}`);
  return output;
}

// Seeding hashes ten passwords; it happens once a process, and each server gets a copy.
let seeded = null;
function seededDirectory() {
  seeded ??= (async () => {
    const directory = await mkdtemp(join(tmpdir(), 'plenum-seeded-'));
    try {
      await plenum(['seed', '--empty-inboxes'], { directory }); // what people are told is what the test does
      return directory;
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  })();
  return seeded;
}

/** Removes what all servers of this process were copied from. */
export async function forgetSeed() {
  const directory = await seeded?.catch(() => null);
  seeded = null;
  if (directory) await rm(directory, { recursive: true, force: true });
}

// A port that a server keeps while it is down: below those that the system gives to outgoing connections, of which tests have many.
export async function freePort() {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const probe = createServer();
    const free = await new Promise((resolve) => {
      probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

async function answers(url) {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
