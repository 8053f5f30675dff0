// The code of pages comes in chunks, each fetched when one of its pages is first opened.

import assert from 'node:assert/strict';

import { eventually, scenario } from '../harness.mjs';
import { markDocument, sameDocument } from '../plenum.mjs';

const go = (page, name) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: new RegExp(`^${name}`) }).click();
const heading = (page, name) => page.getByRole('heading', { level: 1, name });

/** From here on no file whose name begins so comes through. Returns what lets it through again. */
async function withhold(profile, name) {
  const pattern = `**/pkg/${name}*`;
  const block = (route) => route.abort();
  await profile.route(pattern, block);
  return () => profile.unroute(pattern, block);
}

const NOT_FETCHED = { allow: [/Failed to fetch/, /net::ERR_FAILED/] };

// From page to page nothing is loaded again but what the next page needs, and that once.
scenario('a page fetches its code when it is opened', async (scene) => {
  const { page } = await scene.person('lena');
  await page.waitForLoadState('networkidle');
  const fetched = [];
  page.on('request', (request) => request.url().endsWith('.wasm') && fetched.push(new URL(request.url()).pathname));
  await page.goto('/messages');
  await eventually(() => assert.ok(fetched.length > 1));
  await page.waitForLoadState('networkidle');
  assert.ok(!fetched.some((path) => path.includes('split_others')), 'what is on other pages is not loaded');

  await markDocument(page);
  for (const name of ['People', 'Messages', 'People']) {
    await go(page, name);
    await heading(page, name === 'People' ? 'People' : /./).first().waitFor();
  }
  assert.ok(await sameDocument(page));
  assert.equal(new Set(fetched).size, fetched.length, 'nothing is fetched twice');
});

// Code that does not come does not break the page: the next one is loaded from the server, and
// reads and searches as without scripts. When the code comes, so does life.
scenario('a page whose code does not come is loaded from the server', async (scene) => {
  const { page, profile } = await scene.person('lena');
  await page.goto('/messages');
  await page.waitForLoadState('networkidle');
  const release = await withhold(profile, 'split_others');
  await markDocument(page);
  await go(page, 'People');
  await heading(page, 'People').waitFor();
  await eventually(async () => assert.ok(!(await sameDocument(page))));

  await page.getByRole('searchbox').fill('Tom');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.waitForURL(/q=Tom/);
  await page.getByRole('link', { name: /^Tom/ }).waitFor();

  await release();
  await page.goto('/people?q=Tom');
  await page.waitForLoadState('networkidle');
  await markDocument(page);
  await go(page, 'Messages');
  await page.waitForURL(/\/messages/);
  assert.ok(await sameDocument(page));
}, NOT_FETCHED);

// The palette's code is fetched when it is first opened; if it does not come a note says so,
// and the next time it is asked for again.
scenario('the palette fetches its code', async (scene) => {
  const { page, profile } = await scene.person('lena');
  await page.goto('/messages');
  await page.waitForLoadState('networkidle');
  await markDocument(page);
  const release = await withhold(profile, 'split_overlays');
  await page.keyboard.press('Control+k');
  await page.getByText(/needs the connection/).waitFor();
  await release();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('settings');
  await page.getByRole('option', { name: /Settings/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/settings/);
  await heading(page, 'Settings').waitFor();
  assert.ok(await sameDocument(page));
}, NOT_FETCHED);

// The people of a conversation stand beside it, from the start or later (the panel is a chunk of its own).
scenario('the people panel opens with the page and after it', async (scene) => {
  const { page } = await scene.person('lena');
  await page.goto('/messages');
  await page.getByRole('link', { name: /\bGeneral\b/ }).first().click();
  await page.waitForURL(/\/messages\/\d+/);
  await page.waitForLoadState('networkidle');
  await markDocument(page);
  await page.getByRole('link', { name: /members/ }).click();
  await page.getByRole('complementary', { name: 'People' }).getByRole('listitem').first().waitFor();
  assert.ok(await sameDocument(page));
  await page.reload();
  await page.getByRole('complementary', { name: 'People' }).getByRole('listitem').first().waitFor();
  await page.waitForLoadState('networkidle');
  await markDocument(page);
  await page.getByRole('complementary', { name: 'People' }).getByRole('link', { name: 'Close' }).click();
  await page.getByRole('complementary', { name: 'People' }).waitFor({ state: 'detached' });
  assert.ok(await sameDocument(page));
});
