// A manager tells everyone something: written, previewed for somebody, sent, and seen to arrive.

import assert from 'node:assert/strict';

import { violations } from '../axe.mjs';
import { eventually, scenario } from '../harness.mjs';
import { region } from '../plenum.mjs';

const button = (within, name) => within.getByRole('button', { name, exact: true });
const figure = (page, name) => region(page, 'How far it has come').locator('.figure').filter({ hasText: name }).locator('dd');

/** Fills in what a broadcast says, and asks for the preview. */
async function write(page, { audience, title, text = '', at = '', recipient = '' }) {
  await page.getByLabel('Who gets it', { exact: true }).selectOption(audience);
  await page.getByLabel('Title', { exact: true }).fill(title);
  await page.getByLabel('Text', { exact: true }).fill(text);
  await page.getByLabel('When', { exact: true }).fill(at);
  await page.getByLabel('Preview for', { exact: true }).fill(recipient);
  await button(page, 'Preview').click();
}

// Each sees their own name; the sender sees who has got and read it, as it happens, over `kill -9` too.
scenario('a manager sends a broadcast, and it arrives while one looks', async (scene) => {
  const [mara, lena] = await scene.people('mara', 'lena');
  const { page } = mara;
  await lena.page.goto('/inbox');
  await page.goto('/people');
  await page.getByRole('link', { name: 'Broadcasts' }).click();
  await page.getByRole('heading', { name: 'No broadcasts yet' }).waitFor();
  await page.getByRole('link', { name: 'New broadcast' }).click();
  await page.getByLabel('Title', { exact: true }).waitFor();

  await write(page, { audience: 'everyone', title: 'Dear {{ nickname }}' });
  await page.getByText('There is no variable nickname').waitFor();
  await write(page, { audience: 'everyone', title: 'Dear {{ first_name }}', text: 'Come at noon.', recipient: 'lena@plenum.example' });
  const preview = region(page, 'Preview and send');
  await preview.getByText('Dear Lena', { exact: true }).waitFor();
  assert.deepEqual(await violations(page), []);
  await button(preview, 'Send').click();

  await page.waitForURL(/\/admin\/broadcasts\/\d+$/);
  await page.getByText('Sent', { exact: true }).waitFor();
  await lena.page.getByRole('main').getByText('Dear Lena', { exact: true }).waitFor();
  await figure(page, 'Read').getByText(/^0 /).waitFor();
  const from = mara.wire().here;
  await scene.kill();
  await scene.restart();
  await mara.wire().connected({ from });
  await lena.page.reload();
  await button(lena.page.getByRole('main'), 'Mark all read').click();
  await figure(page, 'Read').getByText(/^1 /).waitFor();
  assert.deepEqual(await violations(page), []);
}, { allow: [/the server responded with a status of 422/] });

// What waits for its time is paused, goes on and is cancelled; the list says so without being loaded again.
scenario('a scheduled broadcast is paused, resumed and cancelled', async (scene) => {
  const [mara, admin] = await scene.people('mara', 'admin');
  const { page } = mara;
  await admin.page.goto('/admin/broadcasts');
  await page.goto('/admin/broadcasts/new');
  const at = new Date(Date.now() + 48 * 3_600_000).toISOString().slice(0, 16);
  await write(page, { audience: 'role:instructor', title: 'Staff meeting', at });
  await button(region(page, 'Preview and send'), 'Schedule').click();
  await page.waitForURL(/\/admin\/broadcasts\/\d+$/);
  const line = admin.page.getByRole('list', { name: 'Broadcasts' }).getByRole('listitem').filter({ hasText: 'Staff meeting' });
  await line.getByText('Scheduled', { exact: true }).waitFor();
  for (const [act, state] of [['Pause', 'Paused'], ['Go on', 'Scheduled'], ['Cancel', 'Cancelled']]) {
    await button(page, act).click();
    await line.getByText(state, { exact: true }).waitFor();
    await page.getByRole('status').getByText(state, { exact: true }).waitFor();
  }
  assert.equal(await button(page, 'Pause').count(), 0);
  assert.deepEqual(await violations(admin.page), []);
});

// Two variants: the preview shows both, each recipient gets one; who follows it in another browser is counted as it happens, and the
// page compares them and draws what came when.
scenario('variants are compared while recipients read and follow', async (scene) => {
  const [mara, lena] = await scene.people('mara', 'lena');
  const { page } = mara;
  await lena.page.goto('/inbox');
  await page.goto('/admin/broadcasts/new');
  await page.getByText('Other variants to compare').click();
  await page.getByLabel('Title of B', { exact: true }).fill('Rooms, {{ first_name }}');
  await page.getByLabel('Link of B', { exact: true }).fill('/messages/rooms');
  await page.getByLabel('Link', { exact: true }).fill('/messages/rooms');
  await write(page, { audience: 'everyone', title: 'Rooms for {{ first_name }}', recipient: 'lena@plenum.example' });
  const preview = region(page, 'Preview and send');
  for (const text of ['Rooms for Lena', 'Rooms, Lena']) await preview.getByText(text, { exact: true }).waitFor();
  await preview.getByRole('heading', { name: 'Variant B · 50 % of them' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await button(preview, 'Send').click();

  await page.waitForURL(/\/admin\/broadcasts\/\d+$/);
  await page.getByText('Sent', { exact: true }).waitFor();
  await figure(page, 'Followed').getByText(/^0 /).waitFor();
  await region(page, 'Over time').getByRole('img', { name: /^Over time/ }).waitFor();
  await lena.page.getByRole('main').getByRole('link', { name: /^Rooms/ }).first().click();
  await lena.page.waitForURL(/\/messages\/rooms$/);
  await figure(page, 'Followed').getByText(/^1 /).waitFor();
  const compared = region(page, 'Variants compared');
  assert.equal(await compared.getByRole('row').count(), 3);
  await compared.getByText('Too few people have got each of them').waitFor();
  await region(page, 'Over time').getByText('The figures as a table').click();
  assert.deepEqual(await violations(page), []);
});

// What is repeated stands in everybody's list at once, is paused, goes on and is ended.
scenario('a broadcast is repeated, paused and ended', async (scene) => {
  const [mara, admin] = await scene.people('mara', 'admin');
  const { page } = mara;
  await admin.page.goto('/admin/broadcasts');
  await page.goto('/admin/broadcasts/new');
  await page.getByText('Repeat it').click();
  await page.getByLabel('How often', { exact: true }).selectOption('week');
  await page.getByLabel('Monday', { exact: true }).check();
  const at = new Date(Date.now() + 48 * 3_600_000).toISOString().slice(0, 16);
  await write(page, { audience: 'everyone', title: 'The menu', at });
  await button(region(page, 'Preview and send'), 'Start repeating').click();
  await page.waitForURL(/\/admin\/broadcasts\?done=sent$/);
  const line = region(admin.page, 'Repeated').getByRole('listitem').filter({ hasText: 'The menu' });
  await line.getByText('Each week on Monday').waitFor();
  const own = region(page, 'Repeated').getByRole('listitem');
  for (const [act, state] of [['Pause', 'Paused'], ['Go on', 'Running']]) {
    await own.getByRole('button', { name: new RegExp(`^${act}`) }).click();
    await line.getByText(state, { exact: true }).waitFor();
  }
  assert.deepEqual(await violations(admin.page), []);
  await own.getByRole('button', { name: /^End/ }).click();
  await region(admin.page, 'Repeated').waitFor({ state: 'detached' });
});

// A manager without scripts keeps a template and sends with it, in two variants; a recipient without scripts follows it.
scenario('templates, variants and following without scripts', async (scene) => {
  const { page } = await scene.person('mara', { javaScript: false });
  const lena = await scene.person('lena', { javaScript: false });
  await page.goto('/admin/broadcasts/templates');
  await page.getByLabel('Name', { exact: true }).fill('Welcome');
  await page.getByLabel('Title', { exact: true }).fill('Welcome, {{ first_name }}');
  await page.getByLabel('Link', { exact: true }).fill('/messages/rooms');
  await button(page, 'Save').click();
  await page.getByText('The template is saved.').waitFor();
  await page.getByRole('link', { name: /^Use/ }).click();
  assert.equal(await page.getByLabel('Title', { exact: true }).inputValue(), 'Welcome, {{ first_name }}');
  await page.getByText('Other variants to compare').click();
  await page.getByLabel('Title of B', { exact: true }).fill('Welcome here, {{ first_name }}');
  await page.getByLabel('Link of B', { exact: true }).fill('/messages/rooms');
  await button(page, 'Preview').click();
  await button(region(page, 'Preview and send'), 'Send').click();
  await page.getByText('The broadcast is on its way.').waitFor();
  await page.getByRole('link', { name: /^Welcome/ }).first().click();
  await page.waitForURL(/\/admin\/broadcasts\/\d+$/);

  const notice = lena.page.getByRole('main').getByRole('link', { name: /^Welcome.*Lena/ });
  await eventually(async () => {
    await lena.page.goto('/inbox');
    assert.equal(await notice.count(), 1);
  });
  await notice.click();
  await lena.page.waitForURL(/\/messages\/rooms$/);
  await eventually(async () => {
    await page.reload();
    assert.match(await figure(page, 'Followed').innerText(), /^1 /);
  });
});
