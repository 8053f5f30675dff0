// What becomes of a message that cannot be sent, and how its author learns who has read it.

import assert from 'node:assert/strict';

import { eventually, scenario } from '../harness.mjs';
import {
  call, createRoom, invite, messagesOf, openConversation, openPanel, part, refuseMessages, send, wordsOf,
} from '../plenum.mjs';

// The server refuses: the message says why and offers both ways out; it survives a reload; Retry
// sends it once, Discard makes it go for good.
scenario('a refused message is retried or discarded', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  for (const person of [lena, tom]) await openConversation(person.page, 'General', person.wire());
  const accept = await refuseMessages(lena.profile, 'The caretaker is asleep.');
  for (const text of ['refused-1', 'refused-2']) {
    await send(lena.page, text);
    await part.alert(part.log(lena.page), 'Not sent. The caretaker is asleep.').nth(Number(text.at(-1)) - 1).waitFor();
  }
  await part.row(lena.page, 'General').getByText('Not sent').waitFor();
  await lena.page.reload();
  await eventually(async () => assert.deepEqual(await messagesOf(lena.page, 'refused'), { sent: [], pending: ['refused-1', 'refused-2'] }));

  await accept();
  await part.pending(lena.page, 'refused-1').getByRole('button', { name: 'Discard' }).click();
  await part.pending(lena.page, 'refused-1').waitFor({ state: 'detached' });
  await part.pending(lena.page, 'refused-2').getByRole('button', { name: 'Retry' }).click();
  for (const { page } of [lena, tom]) {
    await eventually(async () => assert.deepEqual(await messagesOf(page, 'refused'), { sent: ['refused-2'], pending: [] }));
  }
  await lena.page.reload();
  await part.message(lena.page, 'refused-2').waitFor();
  assert.deepEqual(await messagesOf(lena.page, 'refused'), { sent: ['refused-2'], pending: [] });
}, { allow: [/status of 403/] });

// Sam writes while he has no line, and is removed meanwhile: his words are refused and stay with
// him; added again, he sends them.
scenario('what is written into a lost membership stays', async (scene) => {
  const [lena, sam] = await scene.people('lena', 'sam');
  await createRoom(lena.page, 'Attic', { isPrivate: true });
  await invite(lena.page, 'Sam Adeyemi');
  await openConversation(sam.page, 'Attic', sam.wire());
  sam.line.cut();
  await send(sam.page, 'attic-1');
  await part.pending(sam.page, 'attic-1').waitFor();
  await part.panel(lena.page).getByRole('button', { name: 'Remove Sam Adeyemi' }).click();
  await part.member(lena.page, 'Sam Adeyemi').waitFor({ state: 'detached' });
  sam.line.heal();
  await part.pending(sam.page, 'attic-1').getByRole('button', { name: 'Retry' }).waitFor({ timeout: 40_000 });
  await part.alert(sam.page, 'You are no longer in this conversation').waitFor();

  await part.panel(lena.page).getByRole('searchbox', { name: 'Add people' }).fill('Sam');
  await part.panel(lena.page).getByRole('button', { name: 'Add Sam Adeyemi' }).click();
  await part.composer(sam.page).waitFor();
  await part.pending(sam.page, 'attic-1').getByRole('button', { name: 'Retry' }).click();
  await part.message(lena.page, 'attic-1').waitFor();
  await eventually(async () => assert.deepEqual(await messagesOf(sam.page, 'attic'), { sent: ['attic-1'], pending: [] }));
}, { allow: [/status of 40[34]/] });

// Somebody else signs in to the browser behind an open page: the server does not take what Lena
// writes there for Sam's; it waits, the page says why, and goes out once she is signed in again.
scenario('nothing is sent in the name of another', async (scene) => {
  const [lena, sam, tom] = await scene.people('lena', 'sam', 'tom');
  for (const person of [lena, tom]) await openConversation(person.page, 'General', person.wire());
  const [hers, his] = await Promise.all([lena.profile.cookies(), sam.profile.cookies()]);
  await lena.profile.clearCookies();
  await lena.profile.addCookies(his);
  await send(lena.page, 'stranger-1');
  await part.alert(lena.page, 'somebody else is signed in to this browser').waitFor();
  assert.deepEqual(await messagesOf(lena.page, 'stranger'), { sent: [], pending: ['stranger-1'] });
  assert.equal(await part.pending(lena.page, 'stranger-1').getByRole('button', { name: 'Discard' }).count(), 0, 'it waits, it has not failed');

  await lena.profile.clearCookies();
  await lena.profile.addCookies(hers);
  await send(lena.page, 'stranger-2');
  for (const { page } of [lena, tom]) {
    await eventually(async () => assert.deepEqual(await messagesOf(page, 'stranger'), { sent: ['stranger-1', 'stranger-2'], pending: [] }));
  }
  assert.equal(await part.alert(lena.page, 'somebody else').count(), 0);
  assert.match(await part.log(tom.page).innerText(), /Lena Kovač/);
}, { allow: [/status of 409/] });

// In a small room the receipt names who has read, one after the other, and then says everyone.
scenario('a small room says who has read', async (scene) => {
  const [lena, sam, tom] = await scene.people('lena', 'sam', 'tom');
  await createRoom(lena.page, 'Porch');
  await invite(lena.page, 'Sam Adeyemi');
  await part.panel(lena.page).getByRole('searchbox', { name: 'Add people' }).fill('Tom');
  await part.panel(lena.page).getByRole('button', { name: 'Add Tom Visser' }).click();
  await part.member(lena.page, 'Tom Visser').getByRole('link').waitFor();
  await send(lena.page, 'porch-1');
  await eventually(async () => assert.match(await wordsOf(lena.page, 'porch-1'), /Delivered/));
  await openConversation(sam.page, 'Porch', sam.wire());
  await eventually(async () => assert.match(await wordsOf(lena.page, 'porch-1'), /Read by Sam Adeyemi/));
  await openConversation(tom.page, 'Porch', tom.wire());
  await eventually(async () => assert.match(await wordsOf(lena.page, 'porch-1'), /Read by everyone/));
});

// Above fifty members nobody's pointer is told: the author asks, and is told how many and who.
scenario('a large room is asked who has read', async (scene) => {
  const visitor = await scene.visitor('visitor');
  await visitor.page.goto('/sign-in');
  for (let number = 1; number <= 45; number += 1) {
    const fields = { name: `Guest ${number}`, email: `guest${number}@plenum.example`, password: 'a long password' };
    await call(visitor.page, 'people/register', fields);
    await visitor.profile.clearCookies();
  }
  const [lena, sam] = await scene.people('lena', 'sam');
  await openConversation(lena.page, 'General', lena.wire());
  await send(lena.page, 'crowd-1');
  await part.message(lena.page, 'crowd-1').waitFor();
  const ask = part.action(lena.page, 'crowd-1', 'Who has read this');
  await ask.waitFor();
  await openConversation(sam.page, 'General', sam.wire());
  await part.message(sam.page, 'crowd-1').waitFor();
  // Reading is written down within two seconds.
  await eventually(async () => {
    const words = await wordsOf(lena.page, 'crowd-1');
    if (/Read by Sam Adeyemi/.test(words)) return;
    // What was answered too early is asked again; an answer that comes meanwhile takes the button away.
    if (await ask.isVisible()) await ask.click({ timeout: 2_000 });
    else await lena.page.reload();
    assert.match(words, /Read by Sam Adeyemi/);
  }, { within: 40_000 });

  // The list of people of a large room comes in pages, and can be searched.
  await openPanel(lena.page, 'people');
  await part.panel(lena.page).getByRole('searchbox', { name: 'Find a member' }).fill('guest 4');
  await eventually(async () => assert.equal(await part.panel(lena.page).getByRole('listitem').count(), 7, 'guests 4 and 40 to 45'));
}, { server: { env: { PLENUM_LIMITS__COMMANDS_PER_MINUTE: '0' } } });
