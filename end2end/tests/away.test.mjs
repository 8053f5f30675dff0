// Coming back: what came meanwhile stands on one page, live in every tab. And the mail a day: set, followed in another tab, and stopped
// by the link in it, signed in or not.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { violations } from '../axe.mjs';
import { goneFor, mailsAreDue } from '../database.mjs';
import { eventually, scenario } from '../harness.mjs';
import { call, openConversation, part, region, send } from '../plenum.mjs';

const select = (page) => page.getByLabel('Daily mail', { exact: true });
const save = (page) => page.getByRole('button', { name: 'Save', exact: true });

// Nobody has been away in a fresh institution: the page says what it is for, and the inbox leads to it.
scenario('the page of what came while one was away says what it is for', async (scene) => {
  const lena = await scene.person('lena');
  await lena.open('/inbox');
  await lena.page.getByRole('main').getByRole('link', { name: 'While you were away' }).click();
  await lena.page.waitForURL(/\/inbox\/away$/);
  await lena.page.getByRole('heading', { name: 'You have not been away' }).waitFor();
  assert.deepEqual(await violations(lena.page), []);
});

// Lena comes back after ten hours: what has come since is there, and what had come before is not. Sam writes on; Lena reads in one tab,
// the other follows; what comes after the button was pressed is unread.
scenario('what came while one was away is live, and read up to what is shown', async (scene) => {
  const [lena, sam] = await scene.people('lena', 'sam');
  const { page } = lena;
  await openConversation(sam.page, 'General', sam.wire());
  await send(sam.page, '@Lena Kovač before');
  await part.message(sam.page, 'before').waitFor();
  await page.goto('about:blank');
  await goneFor(scene.server, 'lena@plenum.example', 10);
  for (const text of ['alpha', 'beta']) {
    await send(sam.page, `@Lena Kovač ${text}`);
    await part.message(sam.page, text).waitFor();
  }
  await lena.open('/people');
  await page.locator('.toast').filter({ hasText: 'You have been away: 3 notifications are unread.' }).getByRole('button', { name: 'Open' }).click();
  await page.waitForURL(/\/inbox\/away$/);
  const other = await lena.tab();
  await lena.open('/inbox', { page: other });
  await other.getByRole('main').getByRole('link', { name: 'See what has come' }).click();
  for (const tab of [page, other]) {
    await region(tab, 'General').getByText('2 notifications, unread').waitFor();
    assert.equal(await region(tab, 'General').getByText('before').count(), 0);
  }
  await send(sam.page, '@Lena Kovač gamma');
  for (const tab of [page, other]) await region(tab, 'General').getByText('3 notifications, unread').waitFor();
  assert.deepEqual(await violations(page), []);

  await page.getByRole('button', { name: 'Mark these as read' }).click();
  for (const tab of [page, other]) await region(tab, 'General').getByText('3 notifications, all read').waitFor();
  await page.getByRole('button', { name: 'Mark these as read' }).waitFor({ state: 'detached' });
  await send(sam.page, '@Lena Kovač delta');
  await region(other, 'General').getByText('4 notifications, 1 unread').waitFor();
  await region(other, 'General').getByRole('listitem').first().getByRole('link').click();
  await other.waitForURL(/\/messages\/\d+\?m=/);
  await region(page, 'General').getByText('4 notifications, all read').waitFor();
  await page.goto('/inbox?shelf=unread');
  await page.getByRole('list', { name: 'Inbox' }).getByText('before').waitFor();
});

// Lena wants the mail; her other tab follows. What she is changing there meanwhile is not lost: she is told, and decides.
scenario('the settings follow what another tab saves', async (scene) => {
  const lena = await scene.person('lena');
  const { page } = lena;
  const other = await lena.tab();
  for (const tab of [page, other]) await lena.open('/settings/notifications', { page: tab });
  for (const tab of [page, other]) assert.equal(await select(tab).inputValue(), '');
  await select(page).selectOption('7');
  await page.getByRole('checkbox', { name: 'Replies, by mail' }).uncheck();
  await save(page).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  await eventually(async () => assert.equal(await select(other).inputValue(), '7'));
  assert.equal(await other.getByRole('checkbox', { name: 'Replies, by mail' }).isChecked(), false);
  assert.equal(await other.getByRole('checkbox', { name: 'Your account, by mail' }).isDisabled(), true);

  await other.getByLabel('Quiet from').fill('21:00');
  await select(page).selectOption('9');
  await save(page).click();
  await other.getByText('changed in another place').waitFor();
  assert.equal(await other.getByLabel('Quiet from').inputValue(), '21:00', 'what was typed stays');
  await other.getByRole('button', { name: 'Show them as they are' }).click();
  await eventually(async () => assert.equal(await select(other).inputValue(), '9'));
  assert.equal(await other.getByLabel('Quiet from').inputValue(), '');
  assert.deepEqual(await violations(other), []);
});

// The link of the mail, in a browser that nobody is signed in with: it asks first, and then the open settings say so at once.
scenario('the link in the mail stops it, without signing in', async (scene) => {
  const [lena, sam] = await scene.people('lena', 'sam');
  const hour = 8;
  await lena.open('/settings/notifications');
  await call(lena.page, 'inbox/set_preferences', { 'wanted[0]': 'mentions.app', 'wanted[1]': 'mentions.mail', digest: String(hour) });
  await eventually(async () => assert.equal(await select(lena.page).inputValue(), String(hour)));
  const link = await linkOf(scene, sam);

  for (const javaScript of [true, false]) {
    await call(lena.page, 'inbox/set_preferences', { digest: String(hour) });
    await eventually(async () => assert.equal(await select(lena.page).inputValue(), String(hour)));
    const visitor = await scene.visitor(`visitor-${javaScript}`, { javaScript });
    await visitor.page.goto(link);
    await visitor.page.getByText('l…@plenum.example gets a mail a day').waitFor();
    if (javaScript) assert.deepEqual(await violations(visitor.page), []);
    assert.equal(await select(lena.page).inputValue(), String(hour), 'opening it changes nothing');
    await visitor.page.getByRole('button', { name: 'Stop these mails' }).click();
    await visitor.page.getByText('gets no daily mail any more').waitFor();
    await eventually(async () => assert.equal(await select(lena.page).inputValue(), ''));
  }
});

/** The link of a mail of Lena's, whose hour has struck. */
async function linkOf(scene, sam) {
  await openConversation(sam.page, 'General', sam.wire());
  await send(sam.page, '@Lena Kovač come and see');
  await part.message(sam.page, 'come and see').waitFor();
  await scene.kill();
  await mailsAreDue(scene.server);
  await scene.restart();
  const outbox = join(scene.server.directory, 'outbox');
  const name = await eventually(async () => {
    const first = (await readdir(outbox).catch(() => [])).find((name) => name.startsWith('digest-') && name.endsWith('.eml'));
    assert.ok(first, 'the mail came');
    return first;
  });
  const mail = await readFile(join(outbox, name), 'utf8');
  return mail.match(/^List-Unsubscribe: <(.*)>/m)[1];
}
