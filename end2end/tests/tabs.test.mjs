// One person's tabs are one person: they follow each other, and share one queue (I9).

import assert from 'node:assert/strict';

import { eventually, scenario } from '../harness.mjs';
import { blockCommands, messagesOf, openConversation, part, send, signIn } from '../plenum.mjs';

// Three tabs of one person send in turn; all three show the same. None of them asks for the thread again: what they show came live.
scenario('three tabs show the same', async (scene) => {
  const lena = await scene.person('lena');
  const tabs = [lena.page, await lena.tab(), await lena.tab()];
  for (const tab of tabs) await openConversation(tab, 'General', lena.wire(tab));
  const asked = [];
  lena.profile.on('request', (request) => /\/fn\/messages\/thread\b/.test(request.url()) && asked.push(request.url()));

  const all = [];
  for (const [i, tab] of tabs.entries()) {
    all.push(`tab-${i + 1}`);
    await send(tab, all.at(-1));
    await part.message(tab, all.at(-1)).waitFor();
    for (const other of tabs) {
      await eventually(async () => assert.deepEqual(await messagesOf(other, 'tab'), { sent: all, pending: [] }));
    }
  }
  assert.deepEqual(asked, []);
});

// What is read in one tab is read in all: the list in another tab loses its mark (I11).
scenario('what one tab reads is read in all', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  await openConversation(lena.page, 'General', lena.wire());
  const lists = [await lena.tab(), await lena.tab()];
  await lena.page.goto('/people');
  for (const list of lists) await list.goto('/messages');
  const marks = lists.map((list) => part.conversation(list, 'General').filter({ hasText: /unread/i }));

  await openConversation(tom.page, 'General', tom.wire());
  await send(tom.page, 'unseen-1');
  for (const mark of marks) await mark.waitFor();

  await openConversation(lena.page, 'General', lena.wire());
  await part.message(lena.page, 'unseen-1').waitFor();
  for (const mark of marks) await mark.waitFor({ state: 'detached' });
});

// A tab is closed while its message waits: another tab of the same person sends it, once.
scenario("a closed tab's queue goes out from the next", async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  const other = await lena.tab();
  await openConversation(tom.page, 'General', tom.wire());
  for (const tab of [lena.page, other]) await openConversation(tab, 'General', lena.wire(tab));
  scene.networkMayFail();

  const unblock = await blockCommands(lena.profile);
  await send(lena.page, 'orphan-1');
  await eventually(async () => assert.deepEqual((await messagesOf(lena.page, 'orphan')).pending, ['orphan-1']));
  await lena.page.close();
  await unblock();

  for (const page of [other, tom.page]) {
    await eventually(
      async () => assert.deepEqual(await messagesOf(page, 'orphan'), { sent: ['orphan-1'], pending: [] }),
      { within: 40_000 },
    );
  }
});

// Another person who signs in in the same browser never sends what the first had queued.
scenario('a queue belongs to its person', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  await openConversation(tom.page, 'General', tom.wire());
  await openConversation(lena.page, 'General', lena.wire());
  scene.networkMayFail();

  const unblock = await blockCommands(lena.profile);
  await send(lena.page, 'private-1');
  await eventually(async () => assert.deepEqual((await messagesOf(lena.page, 'private')).pending, ['private-1']));
  const before = await lena.profile.cookies();
  await lena.profile.clearCookies();
  await unblock();

  await signIn(lena.page, 'sam@plenum.example');
  await openConversation(lena.page, 'General', lena.wire());
  await send(lena.page, 'other-1');
  await part.message(tom.page, 'other-1').waitFor();
  for (const page of [lena.page, tom.page]) {
    assert.deepEqual(await messagesOf(page, 'private'), { sent: [], pending: [] });
  }

  await lena.profile.clearCookies();
  await lena.profile.addCookies(before);
  await openConversation(lena.page, 'General', lena.wire());
  await eventually(
    async () => assert.deepEqual(await messagesOf(tom.page, 'private'), { sent: ['private-1'], pending: [] }),
    { within: 40_000 },
  );
  // Between the two people the page may ask for something without a cookie.
}, { allow: [/the server responded with a status of 401/] });
