// What happens: it stands in the feeds of those who may see it the moment it happens, grouped, never as an echo of one's own acts; and in
// the audit log of the admins.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { audit } from '../axe.mjs';
import { eventually, scenario } from '../harness.mjs';
import { call, createRoom, markDocument, part, sameDocument, signIn } from '../plenum.mjs';

const happened = (page) => page.locator('[data-activity-id]');
const line = (page, text) => happened(page).filter({ hasText: text });
const me = (page) => page.evaluate(async () => (await (await fetch('/fn/people/shell')).json()).state.viewer.card.id);

/** Opens Today and waits until it is live in this tab. */
async function openToday(person, page = person.page) {
  const from = person.wire(page).here;
  await page.goto('/');
  await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
  await person.wire(page).subscribed(`private-person.${await me(page)}`, { from });
  // The answer to the one question that a page asks when it is connected.
  await page.waitForLoadState('networkidle');
}

const join = (page, conversation) => call(page, 'messages/join', { conversation: String(conversation) });

// Whoever signs in comes to Today, which is the first place in the navigation.
scenario('Today is where one comes to', async (scene) => {
  const lena = await scene.visitor('lena');
  await lena.page.goto('/');
  await lena.page.waitForURL('**/sign-in');
  const from = lena.wire().here;
  await signIn(lena.page, 'lena@plenum.example');
  assert.equal(new URL(lena.page.url()).pathname, '/');
  // A link that is followed before the page is alive loads another.
  await lena.wire().connected({ from });
  await lena.page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
  const main = lena.page.getByRole('navigation', { name: 'Main' });
  await main.getByRole('link', { name: 'Today', exact: true }).waitFor();
  await markDocument(lena.page);
  await main.getByRole('link', { name: 'People' }).click();
  await lena.page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
  await main.getByRole('link', { name: 'Today', exact: true }).click();
  await lena.page.getByRole('heading', { name: 'What happened' }).waitFor();
  assert.ok(await sameDocument(lena.page));
});

// Tom joins Lena's room, then others: she sees it in Today and in the room's own feed without loading anything again, as one line that grows;
// nobody sees an echo of what they did themselves.
scenario('who joins stands in the feeds at once, in one line', async (scene) => {
  const [lena, tom, sam, noor] = await scene.people('lena', 'tom', 'sam', 'noor');
  const room = await createRoom(lena.page, 'Chess club');
  await openToday(lena);
  assert.equal(await line(lena.page, 'Chess club').count(), 0, 'what she did herself is no news');
  const feed = await lena.tab();
  await feed.goto(`/messages/${room}/activity`);
  await lena.wire(feed).subscribed(`private-conversation.${room}`);
  await line(feed, 'You made the room Chess club').waitFor();
  for (const page of [lena.page, feed]) await markDocument(page);

  await openToday(tom);
  await join(tom.page, room);
  for (const page of [lena.page, feed]) await line(page, 'Tom Visser joined Chess club').waitFor();
  await join(sam.page, room);
  for (const page of [lena.page, feed]) await line(page, 'Sam Adeyemi and Tom Visser joined Chess club').waitFor();
  await line(lena.page, 'joined Chess club').getByText('Show all 2').click();
  await join(noor.page, room);
  await line(lena.page, 'Noor Haddad, Sam Adeyemi and Tom Visser joined Chess club').waitFor();
  await line(lena.page, 'joined Chess club').getByRole('listitem').filter({ hasText: 'Noor Haddad joined' }).waitFor();
  assert.equal(await line(lena.page, 'joined Chess club').count(), 1);
  for (const page of [lena.page, feed]) assert.ok(await sameDocument(page), 'nothing was loaded again');

  // Tom sees who came after him, and that there was a room; not that he joined it.
  await line(tom.page, 'Noor Haddad and Sam Adeyemi joined Chess club').waitFor();
  assert.equal(await line(tom.page, 'Tom Visser').count(), 0);
  assert.equal(await line(tom.page, 'You joined').count(), 0);

  // Whoever is removed has nothing of it any more, at once.
  await call(lena.page, 'messages/remove', { conversation: String(room), person: String(await me(tom.page)) });
  await line(tom.page, 'Chess club').first().waitFor({ state: 'detached' });
});

// What waits is on the page, and follows: an unread conversation, a notification; read elsewhere it goes.
scenario('what needs one is there, and goes when it is done', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  await openToday(lena);
  const inbox = lena.page.getByRole('region', { name: 'In the inbox' });
  const unread = lena.page.getByRole('region', { name: 'Unread conversations' });
  const general = (await tom.page.evaluate(async () => (await (await fetch('/fn/messages/sidebar')).json()).state.lines)).find((one) => one.conversation.general);
  const { id } = general.conversation;
  await call(tom.page, 'messages/send', { conversation: String(id), text: '@Lena Kovač shall we begin?' });
  await inbox.getByText('Tom Visser mentioned you in General').waitFor();
  await unread.getByRole('link', { name: /General/ }).waitFor();
  const other = await lena.tab();
  await other.goto(`/messages/${id}`);
  await part.message(other, 'shall we begin').waitFor();
  await inbox.getByText('Nothing waits for you.').waitFor();
  await unread.getByRole('link', { name: /General/ }).waitFor({ state: 'detached' });
});

// A muted conversation is not in Today, from the moment it is muted until it no longer is; its own feed goes on.
scenario('what is muted is not in Today', async (scene) => {
  const [lena, tom, sam] = await scene.people('lena', 'tom', 'sam');
  const room = await createRoom(lena.page, 'Loud room');
  await openToday(lena);
  await join(tom.page, room);
  await line(lena.page, 'Tom Visser joined Loud room').waitFor();
  const other = await lena.tab();
  await other.goto(`/messages/${room}/activity`);
  await call(other, 'messages/mute', { conversation: String(room), muted: 'true' });
  await line(lena.page, 'Loud room').waitFor({ state: 'detached' });
  await join(sam.page, room);
  await line(other, 'Sam Adeyemi and Tom Visser joined').waitFor();
  assert.equal(await line(lena.page, 'Loud room').count(), 0);
  await call(other, 'messages/mute', { conversation: String(room), muted: 'false' });
  await line(lena.page, 'Sam Adeyemi and Tom Visser joined Loud room').waitFor();
});

// The line is cut; what happens meanwhile, also over a killed server, is there when it is back, each once.
scenario('what happened while the line was cut is there when it is back', async (scene) => {
  const [lena, tom, sam] = await scene.people('lena', 'tom', 'sam');
  const room = await createRoom(lena.page, 'Chess club');
  await openToday(lena);
  const feed = await lena.tab();
  await feed.goto(`/messages/${room}/activity`);
  await lena.wire(feed).subscribed(`private-conversation.${room}`);
  for (const page of [lena.page, feed]) await markDocument(page);
  lena.line.cut();
  await join(tom.page, room);
  await scene.kill();
  await scene.restart();
  await eventually(() => join(sam.page, room));
  assert.equal(await line(lena.page, 'joined Chess club').count(), 0);
  lena.line.heal();
  for (const page of [lena.page, feed]) {
    await line(page, 'Sam Adeyemi and Tom Visser joined Chess club').waitFor({ timeout: 40_000 });
    assert.equal(await line(page, 'joined Chess club').count(), 1, 'each once');
    assert.ok(await sameDocument(page));
  }
});

// Older items come below, and the page does not jump; without scripts a link leads to them.
scenario('older items are loaded where one is', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  const rooms = [];
  for (const name of ['One', 'Two', 'Three']) rooms.push(await createRoom(lena.page, `Room ${name}`));
  for (let round = 0; round < 8; round += 1) {
    for (const room of rooms) {
      await join(tom.page, room);
      await call(tom.page, 'messages/leave', { conversation: String(room) });
    }
  }
  await openToday(lena);
  const before = await happened(lena.page).count();
  const more = lena.page.getByRole('link', { name: 'Load older' });
  await more.scrollIntoViewIfNeeded();
  const top = await happened(lena.page).first().evaluate((first) => first.getBoundingClientRect().top);
  await more.click();
  await eventually(async () => assert.ok((await happened(lena.page).count()) > before));
  assert.equal(await happened(lena.page).first().evaluate((first) => first.getBoundingClientRect().top), top, 'what was there stays where it is');
  assert.equal(new URL(lena.page.url()).search, '');

  const plain = await scene.person('lena', { javaScript: false });
  await plain.page.goto('/');
  await plain.page.getByRole('link', { name: 'Load older' }).click();
  await plain.page.waitForURL(/\?before=\d+$/);
  assert.ok((await happened(plain.page).count()) > 0);
  await plain.page.getByRole('link', { name: 'Back to the newest' }).click();
  await plain.page.waitForURL((url) => url.pathname === '/' && !url.search);
  await plain.page.getByRole('navigation', { name: 'What is shown' }).getByRole('link', { name: 'People' }).click();
  assert.equal(await line(plain.page, 'Room One').count(), 0);
});

// The audit log tells that there is something new and does not move what is read; the filter and the file work without scripts too.
scenario('the audit log is live, filtered and exported', async (scene) => {
  const [admin, lena] = await scene.people('admin', 'lena');
  const { page } = admin;
  await page.goto('/admin/audit');
  const organisation = await page.evaluate(async () => (await (await fetch('/fn/people/shell')).json()).state.viewer.organisation);
  await admin.wire().subscribed(`private-ops.${organisation}`);
  const first = await happened(page).first().innerText();
  await createRoom(lena.page, 'Chess club');
  const pill = page.getByRole('link', { name: '1 new' });
  await pill.waitFor();
  assert.equal(await happened(page).first().innerText(), first, 'what is read does not move');
  await pill.click();
  await line(page, 'Lena Kovač made the room Chess club').waitFor();
  await pill.waitFor({ state: 'detached' });

  await page.getByLabel('Person', { exact: true }).fill('lena');
  await page.getByLabel('Text', { exact: true }).fill('chess');
  await page.getByLabel('What about', { exact: true }).selectOption({ label: 'Conversations' });
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.waitForURL(/person=lena/);
  await eventually(async () => assert.equal(await happened(page).count(), 1));
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export as CSV' }).click()]);
  assert.match(download.suggestedFilename(), /^audit-\d{4}-\d\d-\d\d\.csv$/);
  const rows = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  assert.equal(rows.length, 2);
  assert.match(rows[1], /conversation\.created,\d+,Lena Kovač,.*,Chess club,/);
});

// What is said of lines, chips and tables is said to everyone, light and dark, on a wide screen and on a phone; with something in them.
scenario('axe finds nothing in feeds and in the audit log, light and dark', async (scene) => {
  const [admin, tom, sam] = await scene.people('admin', 'tom', 'sam');
  const room = await createRoom(admin.page, 'Chess club');
  for (const { page } of [tom, sam]) await join(page, room);
  for (const path of ['/', '/?show=people', `/messages/${room}/activity`, `/people/${await me(tom.page)}`, '/admin/audit', '/admin/audit?person=tom']) {
    await admin.open(path);
    assert.deepEqual(await audit(admin.page), [], path);
  }
});
