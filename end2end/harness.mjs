// What every browser test stands on: `scenario` gives a test a scene (scene.mjs) and fails it for
// any error that a page reports, whatever the test itself looks at.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Scene, strikeTheSet } from './scene.mjs';

const WITHIN = 30_000; // ms that a test waits for what must happen; nothing should come near it, on a busy machine either
const SCENARIO_WITHIN = 300_000;

after(strikeTheSet);

/**
 * A test with a server of its own. `body` gets the scene; what it opened is closed afterwards.
 * `server.env` overrides settings; `allow` lists what may stand in a page's console here; `within` is its limit, in ms.
 * A failure leaves each page's picture and the server's output in end2end/results.
 */
export function scenario(name, body, { server: settings = {}, allow = [], within = SCENARIO_WITHIN } = {}) {
  test(name, { timeout: within }, async (t) => {
    const scene = await Scene.open(settings, t, allow);
    try {
      await body(scene, t);
      scene.assertNoErrors();
    } catch (error) {
      await scene.keepEvidence(name);
      throw error;
    } finally {
      await scene.close();
    }
  });
}

/** Asks `check` again until it does not throw any more; its last error is the failure. */
export async function eventually(check, { within = WITHIN } = {}) {
  const deadline = Date.now() + within;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(25);
    }
  }
}

/** Waits until a part of a page says exactly this. */
export const shows = (locator, text, options) => eventually(async () => assert.equal((await locator.innerText()).trim(), text), options);
