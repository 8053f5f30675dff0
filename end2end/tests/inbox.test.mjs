// The inbox: what concerns a person is told once, in every tab, and nowhere else; and what they do with it shows everywhere.

import assert from 'node:assert/strict';

import { renewEpoch } from '../database.mjs';
import { eventually, scenario } from '../harness.mjs';
import { call, failOnce, markDocument, openConversation, part, sameDocument, send } from '../plenum.mjs';

const bell = (page) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Inbox/ });
const notices = (page) => page.getByRole('list', { name: 'Inbox' }).getByRole('listitem');
const notice = (page, text) => notices(page).filter({ hasText: text });
const toast = (page, text) => page.locator('.toast').filter({ hasText: text });

/** How many unread messages the navigation tells of. */
const unread = async (page) => {
  const link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Messages/ });
  return Number((await link.innerText()).match(/\d+/)?.[0] ?? 0);
};

/** How many new notifications the bell tells of. */
const unseen = async (page) => Number((await bell(page).innerText()).match(/\d+/)?.[0] ?? 0);
const tells = (page, count) => eventually(async () => assert.equal(await unseen(page), count));

// Sam names Lena in a room that none of her three tabs shows: the bell counts in all of them, a note pops up, the
// title and the icon say so; one tab opens the inbox, and all have seen it; what is read in one is read in the others.
scenario('what concerns one is told in every tab, and seen in all when it is seen in one', async (scene) => {
  const [lena, sam] = await scene.people('lena', 'sam');
  const [first, second, third] = [lena.page, await lena.tab(), await lena.tab()];
  for (const page of [first, second, third]) {
    await page.goto('/people');
    await page.waitForLoadState('networkidle');
  }
  await openConversation(sam.page, 'General', sam.wire());
  await send(sam.page, '@Lena Kovač could you take the minutes?');
  for (const page of [first, second, third]) {
    await tells(page, 1);
    await toast(page, 'Sam Adeyemi mentioned you in General').waitFor();
  }
  assert.match(await first.locator('link[rel=icon]').getAttribute('href'), /favicon-new/);
  await toast(first, 'could you take the minutes').getByRole('button', { name: 'Open' }).click();
  await first.waitForURL(/\/messages\/\d+\?m=/);
  await part.message(first, 'take the minutes').waitFor();
  for (const page of [second, third]) await tells(page, 0);

  await send(sam.page, '@Lena Kovač and the chairs?');
  await second.goto('/inbox');
  await notice(second, 'and the chairs').waitFor();
  assert.equal(await notice(second, 'take the minutes').getAttribute('data-unread'), null, 'who has read the room has read this');
});

// What comes one soon after the other is told in one note, with a number; it leads to the inbox.
scenario('a burst is one note', async (scene) => {
  const [lena, sam] = await scene.people('lena', 'sam');
  await lena.page.goto('/people');
  await lena.wire().subscribed(`private-person.${await me(lena.page)}`);
  await openConversation(sam.page, 'General', sam.wire());
  for (const text of ['one', 'two', 'three']) await send(sam.page, `@Lena Kovač ${text}`);
  const note = toast(lena.page, '3 new notifications');
  await note.waitFor();
  assert.equal(await lena.page.locator('.toast').count(), 1);
  await note.getByRole('button', { name: 'Open' }).click();
  await lena.page.waitForURL(/\/inbox$/);
});

// Beside the bell: the newest at hand; whoever opens it has seen them, and marks one or all as read.
scenario('the menu beside the bell shows what is new', async (scene) => {
  const [lena, sam] = await scene.people('lena', 'sam');
  const { page } = lena;
  await page.goto('/people');
  await openConversation(sam.page, 'General', sam.wire());
  for (const text of ['alpha', 'beta']) await send(sam.page, `@Lena Kovač ${text}`);
  await tells(page, 2);
  await page.getByTitle('What is new').click();
  await tells(page, 0);
  const lines = page.getByRole('list', { name: 'What is new' }).getByRole('listitem');
  assert.equal(await lines.count(), 2);
  await lines.filter({ hasText: 'alpha' }).getByRole('button', { name: /^Mark read/ }).click();
  await eventually(async () => assert.equal(await lines.filter({ hasText: 'alpha' }).getAttribute('data-unread'), null));
  assert.notEqual(await lines.filter({ hasText: 'beta' }).getAttribute('data-unread'), null);
  await page.getByRole('button', { name: 'Mark all read' }).click();
  await eventually(async () => assert.equal(await lines.filter({ hasText: 'beta' }).getAttribute('data-unread'), null));
  await page.locator('.bell-menu').getByText('all changes are here').waitFor();
  await lines.filter({ hasText: 'beta' }).getByRole('link').click();
  await page.waitForURL(/\/messages\/\d+\?m=/);
});

// In the inbox itself: what comes stands at the top without a reload; it is put away, deleted and cleared, and had back.
scenario('what is done in the inbox can be taken back', async (scene) => {
  const [lena, sam] = await scene.people('lena', 'sam');
  const { page } = lena;
  await page.goto('/inbox');
  await lena.wire().subscribed(`private-person.${await me(page)}`);
  await page.getByRole('heading', { name: 'Nothing new' }).waitFor();
  await openConversation(sam.page, 'General', sam.wire());
  for (const text of ['alpha', 'beta', 'gamma']) await send(sam.page, `@Lena Kovač ${text}`);
  await eventually(async () => assert.equal(await notices(page).count(), 3));
  assert.match(await notices(page).first().innerText(), /gamma/, 'the newest comes first');
  const other = await lena.tab();
  await other.goto('/inbox');

  await notice(page, 'alpha').getByRole('button', { name: /^Archive/ }).click();
  await notice(page, 'alpha').waitFor({ state: 'detached' });
  await notice(other, 'alpha').waitFor({ state: 'detached' });
  await toast(page, 'archive').getByRole('button', { name: 'Undo' }).click();
  await notice(page, 'alpha').waitFor();
  await notice(other, 'alpha').waitFor();

  await notice(page, 'beta').getByRole('button', { name: /^Delete/ }).click();
  await notice(other, 'beta').waitFor({ state: 'detached' });
  await notice(page, 'gamma').getByRole('button', { name: /^Mark read/ }).click();
  await eventually(async () => assert.equal(await notice(other, 'gamma').getAttribute('data-unread'), null));

  await page.getByRole('button', { name: 'Clear all' }).click();
  await other.getByRole('heading', { name: 'Nothing new' }).waitFor();
  await toast(page, 'cleared').getByRole('button', { name: 'Undo' }).click();
  await notice(other, 'gamma').waitFor();

  // In the other tab, where no note lies over the menu.
  await notice(other, 'alpha').locator('summary').click();
  await notice(other, 'alpha').getByRole('button', { name: 'Remind me in an hour' }).click();
  await notice(page, 'alpha').waitFor({ state: 'detached' });
});

// The server is killed while Lena is away from it: on its return her open page and her bell have what came meanwhile.
scenario('nothing is lost over a killed server', async (scene) => {
  const [lena, sam] = await scene.people('lena', 'sam');
  await lena.page.goto('/inbox');
  await lena.wire().subscribed(`private-person.${await me(lena.page)}`);
  await openConversation(sam.page, 'General', sam.wire());
  await send(sam.page, '@Lena Kovač before');
  await notice(lena.page, 'before').waitFor();
  lena.line.cut();
  scene.networkMayFail();
  await send(sam.page, '@Lena Kovač while the line was cut');
  await part.message(sam.page, 'while the line was cut').waitFor();
  await scene.kill();
  await scene.restart();
  lena.line.heal();
  await notice(lena.page, 'while the line was cut').waitFor({ timeout: 40_000 });
  assert.equal(await notices(lena.page).count(), 2, 'each once');
});

// While Lena's line is cut Sam names her, and she changes her name elsewhere. The server comes back with another epoch, so that no log
// says what she has missed: each part of her pages asks for all of it, and its first request fails. Her inbox, the list beside her bell,
// her conversations and her own name are right all the same, without a reload.
scenario(
  'a page is right after a gap, though the first request after it fails',
  async (scene) => {
    const [lena, sam, elsewhere] = await scene.people('lena', 'sam', 'lena');
    const person = `private-person.${await me(lena.page)}`;
    const [inbox, people] = [lena.page, await lena.tab()];
    await lena.open('/inbox', { page: inbox, channel: person });
    await lena.open('/people', { page: people, channel: person });
    await openConversation(sam.page, 'General', sam.wire());
    await send(sam.page, '@Lena Kovač before');
    await notice(inbox, 'before').waitFor();
    for (const page of [inbox, people]) {
      await page.waitForLoadState('networkidle');
      await markDocument(page);
    }

    const before = await unread(people);
    lena.line.cut();
    await send(sam.page, '@Lena Kovač in the gap');
    await part.message(sam.page, 'in the gap').waitFor();
    await call(elsewhere.page, 'people/update_profile', { name: 'Lena Novak', hue: '4', zone: 'Europe/Zagreb' });
    await scene.kill();
    await renewEpoch(scene.server);
    await scene.restart();
    const failed = [
      await failOnce(inbox, 'inbox/page'),
      await failOnce(inbox, 'people/shell'),
      await failOnce(people, 'inbox/begin'),
      await failOnce(people, 'messages/sidebar'),
    ];
    lena.line.heal();
    await eventually(() => assert.deepEqual(failed.map((happened) => happened()), failed.map(() => true)));

    await notice(inbox, 'in the gap').waitFor();
    assert.equal(await notice(inbox, 'before').count(), 1, 'each once');
    await inbox.getByTitle('Lena Novak').waitFor();
    await people.getByTitle('What is new').click();
    await people.getByRole('list', { name: 'What is new' }).getByRole('listitem').filter({ hasText: 'in the gap' }).waitFor();
    await eventually(async () => assert.equal(await unread(people), before + 1));
    // And what comes from now on shows there as before.
    await send(sam.page, '@Lena Novak and after it');
    await notice(inbox, 'and after it').waitFor();
    for (const page of [inbox, people]) assert.ok(await sameDocument(page), 'nothing was loaded again');
  },
  { allow: [/status of 500/] },
);

// Who does not look at Plenum is told by the browser, if they wanted that; what is read is taken back there.
scenario('the browser shows what is new to whoever does not look', async (scene) => {
  const lena = await scene.person('lena', { permissions: ['notifications'] });
  const sam = await scene.person('sam');
  // Nobody looks at this tab.
  await lena.profile.addInitScript(() => Object.defineProperty(document, 'hasFocus', { value: () => false }));
  const { page } = lena;
  await page.goto('/settings/notifications');
  await page.getByText('This browser shows notifications').waitFor();
  const from = lena.wire().here;
  await page.goto('/people');
  await lena.wire().subscribed(`private-person.${await me(page)}`, { from });
  await openConversation(sam.page, 'General', sam.wire());
  await send(sam.page, '@Lena Kovač the hall is open');
  const shown = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      const notifications = registration ? await registration.getNotifications() : [];
      return notifications.map(({ title, body }) => `${title}: ${body}`);
    });
  await eventually(async () => assert.deepEqual(await shown(), ['Sam Adeyemi mentioned you in General: @Lena Kovač the hall is open']));
  const other = await lena.tab();
  await other.goto('/inbox');
  await notice(other, 'the hall is open').getByRole('button', { name: /^Mark read/ }).click();
  await eventually(async () => assert.deepEqual(await shown(), []));
});

/** Who the page's person is. */
const me = (page) => page.evaluate(async () => (await (await fetch('/fn/people/shell')).json()).state.viewer.card.id);
