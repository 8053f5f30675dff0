// People: their colours, when they were here last, and what they have said long ago.

import assert from 'node:assert/strict';

import { renewEpoch } from '../database.mjs';
import { eventually, scenario } from '../harness.mjs';
import { call, conversationId, failOnce, markDocument, openConversation, openPanel, part, PASSWORD, sameDocument, signIn } from '../plenum.mjs';

// The demo's people have the same colours at the door as inside.
scenario('the people at the door are in their own colours', async (scene) => {
  const { page } = await scene.visitor('visitor');
  await page.goto('/sign-in');
  const hues = (rows, name) =>
    rows.evaluateAll((rows, name) => {
      const named = (row) => row.querySelector(name).textContent.replace('Continue as', '').trim();
      return Object.fromEntries(rows.map((row) => [named(row), row.querySelector('.avatar').dataset.hue]));
    }, name);
  const atTheDoor = await hues(page.locator('.demo .rows > li'), '.row-name');
  await signIn(page, 'lena@plenum.example');
  await page.goto('/people');
  const inside = await hues(page.locator('.people > .person'), '.person-name');
  assert.equal(Object.keys(atTheDoor).length, 10);
  assert.deepEqual(atTheDoor, inside);
});

// Tom is online, then goes: the panel, the head of the direct conversation and the directory say
// "last seen just now" without being loaded again; and nothing of the sort once he hides it.
scenario('who goes was last seen just now', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  await openConversation(lena.page, 'General', lena.wire());
  await openPanel(lena.page, 'people');
  const inPanel = part.member(lena.page, 'Tom Visser');
  await inPanel.getByText('online').waitFor();
  await part.member(lena.page, 'Omar Bakr').getByText('last seen').waitFor();
  assert.match(await part.member(lena.page, 'Lena Kovač').innerText(), /you/i);

  const directory = await lena.tab();
  await directory.goto('/people');
  const inDirectory = directory.getByRole('listitem').filter({ hasText: 'Tom Visser' });
  await inDirectory.getByText('online').waitFor();
  const head = await lena.tab();
  await head.goto('/people');
  await head.getByRole('listitem').filter({ hasText: 'Tom Visser' }).getByRole('button', { name: /Message/ }).click();
  await head.waitForURL(/\/messages\/\d+/);
  const inHead = head.locator('.pane-thread .pane-head');
  await inHead.getByText('online').waitFor();

  await tom.profile.close();
  for (const place of [inPanel, inDirectory, inHead]) await place.getByText('last seen just now').waitFor();

  const again = await scene.person('tom');
  await inPanel.getByText('online').waitFor();
  await again.page.goto('/settings');
  await again.page.getByRole('switch', { name: /online/i }).uncheck();
  // Each of the pages asks a while later when he was there.
  const asked = [lena.page, directory, head].map((page) => page.waitForResponse((answer) => answer.url().includes('/fn/people/entries')));
  await again.page.getByRole('switch', { name: /online/i }).locator('xpath=ancestor::form').getByRole('button', { name: 'Save' }).click();
  await inPanel.getByText('online').waitFor({ state: 'detached' });
  for (const answer of await Promise.all(asked)) await answer.finished();
  for (const place of [inPanel, inDirectory, inHead]) assert.doesNotMatch(await place.innerText(), /last seen|online/);
}, { server: { env: { PLENUM_REALTIME__LEAVE_SECONDS: '1', PLENUM_REALTIME__LOST_LEAVE_SECONDS: '1' } } });

// Without scripts the panel lists the members of a room and when they were here.
scenario('the people panel works without scripts', async (scene) => {
  const lena = await scene.person('lena', { javaScript: false });
  await openConversation(lena.page, 'General');
  await openPanel(lena.page, 'people');
  assert.match(await part.member(lena.page, 'Omar Bakr').innerText(), /last seen/);
});

// Sixty messages are found: fifty at first, the others by a button; without scripts by a link.
scenario('search shows more than fifty', async (scene) => {
  const lena = await scene.person('lena');
  const wire = lena.wire();
  await openConversation(lena.page, 'General', wire);
  const conversation = String(conversationId(lena.page));
  for (let number = 1; number <= 60; number += 1) {
    await call(lena.page, 'messages/send', { conversation, text: `marmalade number ${number}` });
  }
  const from = wire.here;
  await lena.page.goto('/messages/search?q=marmalade');
  await wire.subscribed('private-organisation.1', { from }); // before that the link is a plain one
  const hits = lena.page.locator('.results .result');
  await lena.page.getByText('The newest 50 messages found').waitFor();
  assert.equal(await hits.count(), 50);
  await lena.page.getByRole('link', { name: 'Show more' }).focus();
  await lena.page.keyboard.press('Enter');
  await lena.page.getByText('60 messages found').waitFor();
  assert.equal(await hits.count(), 60);
  assert.equal(await lena.page.getByRole('link', { name: 'Show more' }).count(), 0);
  assert.match(await lena.page.locator(':focus').innerText(), /number 10$/, 'the focus is on the first that is new');
  await hits.last().click();
  await part.message(lena.page, 'marmalade number 1').first().waitFor();

  const plain = await scene.person('lena', { javaScript: false });
  await plain.page.goto('/messages/search?q=marmalade');
  await plain.page.getByRole('link', { name: 'Show more' }).click();
  await plain.page.getByText('Older messages found').waitFor();
  assert.equal(await plain.page.locator('.results .result').count(), 10);
  await plain.page.getByRole('link', { name: 'Show the newest' }).click();
  await plain.page.getByText('The newest 50 messages found').waitFor();
});

// What the page of whoever is out asks meanwhile is refused.
const OUT = [/401 \(Unauthorized\)/];

// The list of an admin follows who comes and goes; a sign-in that an admin ends is out at once, in the other browser.
scenario('an admin ends a sign-in', async (scene) => {
  const admin = await scene.person('admin');
  await admin.page.goto('/admin/sign-ins');
  const row = admin.page.getByRole('row').filter({ hasText: 'Sam Adeyemi' });
  await admin.page.getByRole('row').filter({ hasText: 'Vera Nowak' }).getByText('This one').waitFor();
  assert.equal(await row.count(), 0);
  const sam = await scene.person('sam');
  await row.waitFor();
  await sam.page.goto('/inbox');
  await row.getByRole('button', { name: /Sign out/ }).click();
  await row.waitFor({ state: 'detached' });
  await sam.page.getByRole('link', { name: 'Sign in again' }).waitFor();
}, { allow: OUT });

// The same without scripts.
scenario('an admin ends a sign-in without scripts', async (scene) => {
  const sam = await scene.person('sam');
  const admin = await scene.person('admin', { javaScript: false });
  await admin.page.goto('/admin/sign-ins?q=sam');
  await admin.page.getByRole('button', { name: /Sign out Sam Adeyemi/ }).click();
  await admin.page.getByText('Signed out there.').waitFor();
  assert.equal(await admin.page.getByRole('row').filter({ hasText: 'Sam Adeyemi' }).count(), 0);
  await sam.page.getByRole('link', { name: 'Sign in again' }).waitFor();
}, { allow: OUT });

// In another tab of the same browser nothing of what was there is seen once one has signed out, nor by Back in the tab itself.
scenario('a tab that was signed out shows nothing of its page', async (scene) => {
  const sam = await scene.person('sam');
  const { page } = sam;
  const other = await sam.tab();
  await other.goto('/settings');
  await page.goto('/people');
  await page.getByText('Lena').first().waitFor();
  await call(other, 'people/sign_out', {});
  await page.getByRole('link', { name: 'Sign in again' }).waitFor();
  assert.equal(await page.locator('main').isVisible(), false);
  await page.getByText('Lena').first().waitFor({ state: 'hidden' });
  await other.goto('/sign-in');
  await other.goBack();
  await eventually(async () => assert.equal(await other.getByText('sam@plenum.example').first().isVisible(), false));
}, { allow: OUT });

// Whoever was sent to the sign-in page comes back to what they asked for, as they entered it.
scenario('signing in leads back to the search', async (scene) => {
  const { page } = await scene.visitor('visitor');
  const asked = '/messages/search?q=winter%20gala%20%26%20100%25';
  await page.goto(asked);
  await page.waitForURL(/\/sign-in\?next=/);
  await page.getByLabel('E-mail', { exact: true }).fill('lena@plenum.example');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => url.pathname === '/messages/search' && url.searchParams.get('q') === 'winter gala & 100%');
  await page.getByRole('heading', { level: 1, name: 'winter gala & 100%' }).waitFor();
});

// While the line of an admin is cut Tom changes his name and Sam signs in. The server comes back with another epoch, so that no log says
// what was missed, and the first request of each page fails. The directory, who is signed in and the audit log are right all the same,
// without a reload, and go on being told.
scenario(
  'directory, sign-ins and audit log are right after a gap, though the first request after it fails',
  async (scene) => {
    const [admin, tom] = await scene.people('admin', 'tom');
    const organisation = await admin.page.evaluate(async () => (await (await fetch('/fn/people/shell')).json()).state.viewer.organisation);
    const ops = `private-ops.${organisation}`;
    const [directory, signIns, log] = [admin.page, await admin.tab(), await admin.tab()];
    await admin.open('/people', { page: directory, channel: `private-organisation.${organisation}` });
    await admin.open('/admin/sign-ins', { page: signIns, channel: ops });
    await admin.open('/admin/audit', { page: log, channel: ops });
    for (const page of [directory, signIns, log]) {
      await page.waitForLoadState('networkidle');
      await markDocument(page);
    }
    const named = (name) => directory.getByRole('listitem').filter({ hasText: name });
    const signedIn = (name) => signIns.getByRole('row').filter({ hasText: name });
    const fresh = async () => Number((await log.getByRole('link', { name: /^\d+ new$/ }).innerText()).split(' ')[0]);
    const rename = (name) => call(tom.page, 'people/update_profile', { name, hue: '4', zone: 'Europe/Zagreb' });

    admin.line.cut();
    await rename('Tom Gapped');
    const sam = await scene.person('sam');
    await sam.page.waitForLoadState('networkidle'); // all of his page is there before the server goes
    await scene.kill();
    await renewEpoch(scene.server);
    await scene.restart();
    const failed = [
      await failOnce(directory, 'people/directory'),
      await failOnce(signIns, 'people/sign_ins'),
      await failOnce(log, 'activity/audit'),
    ];
    admin.line.heal();
    await eventually(() => assert.deepEqual(failed.map((happened) => happened()), failed.map(() => true)));

    await named('Tom Gapped').waitFor();
    await signedIn('Sam Adeyemi').waitFor();
    await eventually(async () => assert.ok((await fresh()) > 0));
    const before = await fresh();

    await rename('Tom Afterwards');
    await named('Tom Afterwards').waitFor();
    await call(sam.page, 'people/sign_out', {});
    await signedIn('Sam Adeyemi').waitFor({ state: 'detached' });
    await eventually(async () => assert.ok((await fresh()) > before));
    for (const page of [directory, signIns, log]) assert.ok(await sameDocument(page), 'nothing was loaded again');
  },
  { allow: [/status of 500/] },
);
