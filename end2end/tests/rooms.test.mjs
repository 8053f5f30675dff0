// Rooms and groups: making one, coming in, being added and removed, leaving, muting, renaming; each
// seen at once by whom it concerns, without loading a page again.

import assert from 'node:assert/strict';

import { eventually, scenario } from '../harness.mjs';
import {
  choose, conversationId, createRoom, invite, markDocument, openConversation, openPanel, part, sameDocument, send,
} from '../plenum.mjs';

// Lena makes an open room; Tom finds it among the rooms, looks in, joins and writes; Lena sees it.
scenario('an open room is found and joined', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  const id = await createRoom(lena.page, 'Choir', { topic: 'Wednesdays at seven' });
  assert.match(await part.title(lena.page).innerText(), /Choir/);
  await send(lena.page, 'room-1 welcome');
  await part.message(lena.page, 'room-1').waitFor();

  await tom.page.goto('/messages/rooms');
  const entry = tom.page.getByRole('listitem').filter({ has: tom.page.getByRole('button', { name: 'Join Choir' }) });
  assert.match(await entry.innerText(), /1 member · Wednesdays at seven/);
  await entry.getByRole('link').click();
  await tom.page.waitForURL(`**/messages/${id}`);
  await part.message(tom.page, 'room-1').waitFor();
  assert.equal(await part.composer(tom.page).count(), 0, 'who has not joined cannot write');

  const from = tom.wire().here;
  await tom.page.getByRole('button', { name: 'Join', exact: true }).click();
  await part.composer(tom.page).waitFor();
  await tom.wire().subscribed(`private-conversation.${id}`, { from });
  await part.row(tom.page, 'Choir').waitFor();
  await send(tom.page, 'room-2 thank you');
  await part.message(lena.page, 'room-2').waitFor();
  await eventually(async () => assert.match(await lena.page.locator('.pane-thread .pane-head').innerText(), /2 members/));
});

// A name that is taken says so at the field, and keeps what was typed.
scenario('a second room of a name is refused at its field', async (scene) => {
  const lena = await scene.person('lena');
  await createRoom(lena.page, 'Strings');
  await lena.page.goto('/messages/new');
  const form = lena.page.getByRole('region', { name: 'New room' });
  await form.getByLabel('Name', { exact: true }).fill('STRINGS');
  await form.getByRole('button', { name: 'Create the room' }).click();
  await part.alert(form, 'There is a room of this name already.').waitFor();
  const field = form.getByLabel('Name', { exact: true });
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  assert.equal(await field.inputValue(), 'STRINGS');
}, { allow: [/status of 409/] });

// A private room appears in the list of whoever is added, and goes from it when they leave.
scenario('someone is added to a private room, and leaves it', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  await tom.page.goto('/messages');
  await tom.wire().connected();
  await markDocument(tom.page);
  const id = await createRoom(lena.page, 'Board', { isPrivate: true });
  await invite(lena.page, 'Tom Visser');

  await part.row(tom.page, 'Board').click();
  await tom.page.waitForURL(`**/messages/${id}`);
  await part.composer(tom.page).waitFor();
  assert.ok(await sameDocument(tom.page));

  await choose(tom.page, 'Leave');
  await tom.page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await tom.page.waitForURL(/\/messages$/);
  await part.row(tom.page, 'Board').waitFor({ state: 'detached' });
  await part.member(lena.page, 'Tom Visser').waitFor({ state: 'detached' });
  assert.ok(await sameDocument(tom.page));
});

// S2-60: removed while looking at it: the page says so and what to do; nothing more arrives; added
// again, it goes on where it was.
scenario('who is removed while looking is told', async (scene) => {
  const [lena, sam] = await scene.people('lena', 'sam');
  const id = await createRoom(lena.page, 'Cellar', { isPrivate: true });
  await invite(lena.page, 'Sam Adeyemi');
  await openConversation(sam.page, 'Cellar', sam.wire());
  await send(lena.page, 'cellar-1 before');
  await part.message(sam.page, 'cellar-1').waitFor();
  await markDocument(sam.page);

  await part.panel(lena.page).getByRole('button', { name: 'Remove Sam Adeyemi' }).click();
  await part.alert(sam.page, 'You are no longer in this conversation').waitFor();
  await part.alert(sam.page, 'Ask one of its members to add you again.').waitFor();
  assert.equal(await part.composer(sam.page).count(), 0);
  await part.row(sam.page, 'Cellar').waitFor({ state: 'detached' });
  const from = sam.wire().here;
  await send(lena.page, 'cellar-2 without him');
  await part.message(lena.page, 'cellar-2').waitFor();
  await send(lena.page, 'cellar-3 without him');
  await part.message(lena.page, 'cellar-3').waitFor();
  assert.equal(await part.message(sam.page, 'cellar-2').count(), 0);
  const frames = sam.wire().frames.slice(from).filter((frame) => frame.channel === `private-conversation.${id}`);
  assert.deepEqual(frames, [], 'nothing more came');

  await part.panel(lena.page).getByRole('searchbox', { name: 'Add people' }).fill('Sam');
  await part.panel(lena.page).getByRole('button', { name: 'Add Sam Adeyemi' }).click();
  await part.composer(sam.page).waitFor();
  await part.message(sam.page, 'cellar-3').waitFor();
  await send(sam.page, 'cellar-4 back again');
  await part.message(lena.page, 'cellar-4').waitFor();
  assert.ok(await sameDocument(sam.page));
});

// An owner renames the room: everyone sees the name in the head and in the list; a taken name is
// refused at its field; who does not own it reads the details and cannot change them.
scenario('a room is renamed for all', async (scene) => {
  const [lena, sam] = await scene.people('lena', 'sam');
  await createRoom(lena.page, 'Ballet');
  const id = await createRoom(lena.page, 'Dance', { topic: 'Thursdays' });
  await invite(lena.page, 'Sam Adeyemi');
  await openConversation(sam.page, 'Dance', sam.wire());
  await markDocument(sam.page);

  await openPanel(lena.page, 'about');
  const form = part.panel(lena.page).getByRole('form', { name: 'Name and topic' });
  await form.getByLabel('Name', { exact: true }).fill('ballet');
  await form.getByRole('button', { name: 'Save' }).click();
  await part.alert(form, 'There is a room of this name already.').waitFor();
  assert.match(await part.title(lena.page).innerText(), /Dance/);
  await form.getByLabel('Name', { exact: true }).fill('Contemporary dance');
  await form.getByLabel('Topic', { exact: true }).fill('Fridays from now on');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('Saved').waitFor();

  for (const { page } of [lena, sam]) {
    await eventually(async () => assert.match(await part.title(page).innerText(), /Contemporary dance/));
    await part.row(page, 'Contemporary dance').waitFor();
    await page.locator('.pane-thread .pane-head').getByText('Fridays from now on').waitFor();
  }
  await eventually(async () => assert.match(await sam.page.title(), /Contemporary dance/));
  assert.ok(await sameDocument(sam.page));

  await openPanel(sam.page, 'about');
  await part.panel(sam.page).getByText('An open room').waitFor();
  assert.equal(await part.panel(sam.page).getByRole('textbox').count(), 0);
  assert.equal(conversationId(sam.page), id);
}, { allow: [/status of 409/] });

// A muted conversation still marks its line, and does not count in the navigation; in all tabs.
scenario('a muted conversation does not count', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  await createRoom(lena.page, 'Noise');
  await invite(lena.page, 'Tom Visser');
  await openConversation(tom.page, 'Noise', tom.wire());
  await choose(tom.page, 'Mute');
  await part.row(tom.page, 'Noise').getByText('muted').waitFor({ state: 'attached' });
  await tom.page.goto('/people');
  const total = () => tom.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Messages/ }).innerText();
  const before = await total();
  await send(lena.page, 'noise-1');
  await part.message(lena.page, 'noise-1').waitFor();
  await tom.page.goto('/messages');
  await part.row(tom.page, 'Noise').filter({ hasText: 'unread' }).waitFor();
  assert.equal((await total()).trim(), before.trim());
  await openConversation(tom.page, 'Noise', tom.wire());
  await choose(tom.page, 'Unmute');
  await part.row(tom.page, 'Noise').getByText('muted').waitFor({ state: 'detached' });
});

// A group of three: chosen from the directory, over two searches, with a name; it appears with both.
scenario('a group is formed', async (scene) => {
  const [tom, lena, noor] = await scene.people('tom', 'lena', 'noor');
  for (const person of [lena, noor]) {
    await person.page.goto('/messages');
    await person.wire().connected();
  }
  await tom.page.goto('/messages/new');
  await tom.wire().connected();
  const find = tom.page.getByRole('searchbox', { name: 'Find a person' });
  for (const name of ['Lena Kovač', 'Noor Haddad']) {
    await find.fill(name.split(' ')[0]);
    await find.press('Enter');
    await tom.page.getByRole('checkbox', { name: `Choose ${name}` }).check();
  }
  await tom.page.getByText('With Lena Kovač and Noor Haddad').waitFor();
  await tom.page.getByLabel('Name of the group').fill('Picnic');
  await tom.page.getByRole('button', { name: 'Start the group' }).click();
  await tom.page.waitForURL(/\/messages\/\d+/);
  await send(tom.page, 'picnic-1');
  for (const { page } of [lena, noor]) {
    await part.row(page, 'Picnic').click();
    await part.message(page, 'picnic-1').waitFor();
  }
});

// A page can be used before its scripts run: who was chosen and what was typed by then counts.
scenario('who is chosen before the scripts run stays chosen', async (scene) => {
  const tom = await scene.person('tom');
  const { page, profile } = tom;
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  await profile.route('**/pkg/*.wasm', async (route) => {
    await released;
    await route.continue();
  });
  await page.goto('/messages/new', { waitUntil: 'commit' });
  const lena = page.getByRole('checkbox', { name: 'Choose Lena Kovač' });
  await lena.check();
  await page.getByRole('searchbox', { name: 'Find a person' }).fill('noor');
  release();
  await tom.wire().connected();
  await page.getByText('With Lena Kovač').waitFor();
  assert.ok(await lena.isChecked());
  // Found by what was typed before: nobody else is left but who is chosen.
  await page.getByRole('checkbox', { name: 'Choose Otto Lindqvist' }).waitFor({ state: 'detached' });
  await page.getByRole('checkbox', { name: 'Choose Noor Haddad' }).check();
  await page.getByText('With Lena Kovač and Noor Haddad').waitFor();
});

// The same without scripts, and with somebody who is chosen before somebody else is looked for.
scenario('a group is formed without scripts', async (scene) => {
  const tom = await scene.person('tom', { javaScript: false });
  const lena = await scene.person('lena');
  await tom.page.goto('/messages/new');
  await tom.page.getByRole('checkbox', { name: 'Choose Lena Kovač' }).check();
  await tom.page.getByRole('searchbox', { name: 'Find a person' }).fill('noor');
  await tom.page.getByRole('button', { name: 'Find' }).click();
  await tom.page.getByText('With Lena Kovač').waitFor();
  assert.ok(await tom.page.getByRole('checkbox', { name: 'Choose Lena Kovač' }).isChecked());
  await tom.page.getByRole('checkbox', { name: 'Choose Noor Haddad' }).check();
  await tom.page.getByLabel('Name of the group').fill('Paper boats');
  await tom.page.getByRole('button', { name: /^Start the/ }).click();
  await tom.page.waitForURL(/\/messages\/\d+$/);
  assert.match(await part.title(tom.page).innerText(), /Paper boats/);
  await lena.page.goto('/messages');
  await part.row(lena.page, 'Paper boats').waitFor();
});
