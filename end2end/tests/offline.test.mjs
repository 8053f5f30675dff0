// What is written while the network fails is kept and arrives exactly once, in order (I6, I8).

import assert from 'node:assert/strict';

import { eventually, scenario } from '../harness.mjs';
import { blockCommands, loseReplies, messagesOf, openConversation, part, send } from '../plenum.mjs';

const numbered = (prefix, count) => Array.from({ length: count }, (_, i) => `${prefix}-${i + 1}`);

const bothInGeneral = async (scene) => {
  const people = await scene.people('lena', 'tom');
  await Promise.all(people.map((person) => openConversation(person.page, 'General', person.wire())));
  return people;
};

// Each page shows exactly these messages, each once, in order, and none is pending any more.
const showExactly = async (pages, prefix, expected) => {
  for (const page of pages) {
    await eventually(
      async () => assert.deepEqual(await messagesOf(page, prefix), { sent: expected, pending: [] }),
      { within: 30_000 },
    );
  }
};

const sendAll = async (page, texts) => {
  for (const text of texts) await send(page, text);
};

// The cable is pulled; three messages wait in the page; the cable is plugged in; they go out.
scenario('messages written offline go out when the line is back', async (scene) => {
  const [lena, tom] = await bothInGeneral(scene);
  const texts = numbered('cable', 3);

  lena.line.cut();
  await sendAll(lena.page, texts);
  await eventually(async () => assert.deepEqual(await messagesOf(lena.page, 'cable'), { sent: [], pending: texts }));
  assert.deepEqual(await messagesOf(tom.page, 'cable'), { sent: [], pending: [] });

  lena.line.heal();
  await showExactly([lena.page, tom.page], 'cable', texts);
});

// The same, and the page is loaded again in between: first in vain, while there is no line, then
// with one. What was queued belongs to the browser, not to the page.
scenario('the queue survives a reload', async (scene) => {
  const [lena, tom] = await bothInGeneral(scene);
  const texts = numbered('reload', 3);
  const here = lena.page.url();

  lena.line.cut();
  await sendAll(lena.page, texts);
  await eventually(async () => assert.deepEqual((await messagesOf(lena.page, 'reload')).pending, texts));
  await assert.rejects(lena.page.reload(), /net::ERR_/);
  await lena.page.waitForURL(/^chrome-error:/); // Chromium's own "no connection" page

  lena.line.heal();
  await lena.page.goto(here);
  await showExactly([lena.page, tom.page], 'reload', texts);
});

// Pages can be loaded, but no command gets through: after a reload the page still shows what is
// waiting, and sends it once commands get through again.
scenario('a page that is loaded again shows its queue', async (scene) => {
  const [lena, tom] = await bothInGeneral(scene);
  const texts = numbered('waiting', 3);
  scene.networkMayFail();

  const unblock = await blockCommands(lena.profile);
  await sendAll(lena.page, texts);
  await eventually(async () => assert.deepEqual((await messagesOf(lena.page, 'waiting')).pending, texts));
  await lena.page.reload();
  await eventually(async () => assert.deepEqual(await messagesOf(lena.page, 'waiting'), { sent: [], pending: texts }));
  assert.deepEqual((await messagesOf(tom.page, 'waiting')).sent, []);

  await unblock();
  await showExactly([lena.page, tom.page], 'waiting', texts);
});

// The server does what it is asked, but its answers are lost: the page asks again, and the
// message is there once all the same.
scenario('a lost reply doubles nothing', async (scene) => {
  const [lena, tom] = await bothInGeneral(scene);
  const texts = numbered('reply', 3);
  scene.networkMayFail();

  const lost = await loseReplies(lena.profile, 2);
  await sendAll(lena.page, texts);
  await showExactly([lena.page, tom.page], 'reply', texts);
  assert.equal(lost(), 2, 'two replies were lost');
});

// A network that swallows everything for a while: what others wrote meanwhile arrives, once, and
// so does what was written into the silence.
scenario('silence on the line loses nothing', async (scene) => {
  const [lena, tom] = await bothInGeneral(scene);

  lena.line.hold();
  await sendAll(tom.page, ['silence-1', 'silence-2']);
  await part.message(tom.page, 'silence-2').waitFor();
  await send(lena.page, 'quiet-1');
  assert.deepEqual(await messagesOf(lena.page, 'silence'), { sent: [], pending: [] });

  lena.line.heal();
  await showExactly([lena.page, tom.page], 'silence', ['silence-1', 'silence-2']);
  await showExactly([lena.page, tom.page], 'quiet', ['quiet-1']);
});

// A slow line (half a second each way) changes nothing but the time it takes.
scenario('a slow line keeps the order', async (scene) => {
  const [lena, tom] = await bothInGeneral(scene);
  lena.line.slow(500);
  const texts = numbered('slow', 5);
  await sendAll(lena.page, texts);
  await showExactly([lena.page, tom.page], 'slow', texts);
});
