// The server is killed without warning under two people who talk, and started again.

import assert from 'node:assert/strict';

import { eventually, scenario } from '../harness.mjs';
import { markDocument, messagesOf, openConversation, part, sameDocument, send } from '../plenum.mjs';

const numbered = (prefix, count) => Array.from({ length: count }, (_, i) => `${prefix}-${i + 1}`);

// kill -9 in the middle of twelve messages: afterwards each is there once, in order, in both
// browsers; both have resumed where they were, without loading their page again; and they go
// on talking.
scenario('a killed server loses nothing and doubles nothing', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  const people = [lena, tom];
  await Promise.all(people.map((person) => openConversation(person.page, 'General', person.wire())));
  await Promise.all(people.map((person) => markDocument(person.page)));
  const channel = `private-conversation.${new URL(lena.page.url()).pathname.split('/')[2]}`;
  const texts = numbered('killed', 12);

  for (const text of texts.slice(0, 6)) await send(lena.page, text);
  await part.message(tom.page, 'killed-1').first().waitFor();
  const marks = people.map((person) => person.wire().here);
  await scene.kill();
  for (const text of texts.slice(6)) await send(lena.page, text);
  await scene.restart();

  for (const { page } of people) {
    await eventually(
      async () => assert.deepEqual(await messagesOf(page, 'killed'), { sent: texts, pending: [] }),
      { within: 40_000 },
    );
  }
  for (const [i, person] of people.entries()) {
    const { recovered } = await person.wire().subscribed(channel, { from: marks[i] });
    assert.equal(recovered, true, `${person.name} resumed`);
    assert.ok(await sameDocument(person.page), `${person.name}'s page was not loaded again`);
  }

  await send(tom.page, 'after-1');
  await part.message(lena.page, 'after-1').waitFor();
  await send(lena.page, 'after-2');
  await part.message(tom.page, 'after-2').waitFor();
});

// An orderly restart, as at a deployment: the pages reconnect by themselves and miss nothing.
scenario('an orderly restart interrupts nobody', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  await Promise.all([lena, tom].map((person) => openConversation(person.page, 'General', person.wire())));
  await send(lena.page, 'restart-1');
  await part.message(tom.page, 'restart-1').waitFor();

  await scene.restart();
  await send(lena.page, 'restart-2');
  for (const { page } of [lena, tom]) {
    await eventually(
      async () => assert.deepEqual(await messagesOf(page, 'restart'), { sent: ['restart-1', 'restart-2'], pending: [] }),
      { within: 40_000 },
    );
  }
});
