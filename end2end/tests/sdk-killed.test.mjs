// The server is killed without warning under clients of an external application, and started again.

import assert from 'node:assert/strict';

import recover from '../../public/plenum-recovery.js';
import { eventually } from '../harness.mjs';
import { backend, client, connected, join, next, server, stage, test } from '../sdk.mjs';

stage();

test('after kill -9 both clients are back, get the next event once, and the one with the plugin knows of the gap', async () => {
  const [plain, recovering] = [await connected(client()), await connected(client())];
  const gaps = [];
  recover(recovering, { onGap: (channel) => gaps.push(channel) });
  const seen = await Promise.all(
    [plain, recovering].map(async (pusher) => {
      const lines = [];
      (await join(pusher, 'log-killed')).bind('line', (line) => lines.push(line));
      return lines;
    }),
  );
  await backend().trigger('log-killed', 'line', 'before');
  for (const lines of seen) await eventually(() => assert.deepEqual(lines, ['before']));

  const back = [plain, recovering].map((pusher) => next(pusher.channel('log-killed'), 'pusher:subscription_succeeded', 40_000));
  await server.kill();
  await server.restart();
  await Promise.all(back);
  // What was in the killed server's memory is gone, and that is said: here it was nothing but "before".
  await eventually(() => assert.deepEqual(gaps, ['log-killed']));
  await backend().trigger('log-killed', 'line', 'after');
  await backend().trigger('log-killed', 'line', 'last');
  for (const lines of seen) await eventually(() => assert.deepEqual(lines, ['before', 'after', 'last']));
});
