// The Python SDK as a backend: a process of its own that backend.py runs in, asked one thing after the other.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { ROOT } from './server.mjs';

/** Python, with what the tests need of it. */
export const PYTHON = process.env.PLENUM_PYTHON ?? join(ROOT, '.tools/python/bin/python');

export class Python {
  #child = spawn(PYTHON, [join(ROOT, 'end2end/backend.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  #replies = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  #turn = Promise.resolve();
  #failed = new Promise((_, reject) => this.#child.once('error', reject));

  /** `settings` are the SDK's own: app_id, key, secret, host, port, … */
  constructor(settings) {
    this.settings = settings;
    this.#failed.catch(() => {});
  }

  /** Calls a method of the SDK; its exceptions are errors with their `name`. */
  call(method, args = [], kwargs = {}, settings = {}) {
    const asked = { client: { ...this.settings, ...settings }, call: method, args, kwargs };
    const answer = this.#turn.then(async () => {
      this.#child.stdin.write(`${JSON.stringify(asked)}\n`);
      const { value, done } = await Promise.race([this.#replies.next(), this.#failed]);
      if (done) throw new Error('the Python SDK has ended');
      const { ok, error, message } = JSON.parse(value);
      if (error) throw Object.assign(new Error(`${method}: ${message}`), { name: error });
      return ok;
    });
    this.#turn = answer.catch(() => {});
    return answer;
  }

  end() {
    this.#child.kill();
  }
}
