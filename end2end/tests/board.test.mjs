// The operations board: figures move while one looks, the chart is read by keyboard, alarms arrive; and without scripts it is whole.

import assert from 'node:assert/strict';

import { audit, violations } from '../axe.mjs';
import { eventually, scenario } from '../harness.mjs';
import { openConversation, region, send } from '../plenum.mjs';

const tile = (page, figure) => page.locator(`[data-figure="${figure}"]`);
const value = async (page, figure) => Number((await tile(page, figure).locator('.tile-value').innerText()).replace(/[^0-9.]/g, ''));
const button = (within, name) => within.getByRole('button', { name, exact: true });

/** Waits until a tile shows what `wanted` says. */
const shows = (page, figure, wanted) =>
  eventually(async () => assert.equal(await value(page, figure), wanted));

// Lena comes and writes: her connection and her messages are on the admin's screen within seconds, without a reload; after `kill -9` too.
scenario('the board moves while one looks', async (scene) => {
  const admin = await scene.person('admin');
  const { page } = admin;
  await page.goto('/people');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Admin' }).click();
  await page.getByRole('heading', { level: 1, name: 'Operations' }).waitFor();
  await page.evaluate(() => void (window.sameDocument = true));
  await shows(page, 'people_online', 1);
  const before = await value(page, 'messages_today');

  const lena = await scene.person('lena');
  const general = await openConversation(lena.page, 'General', lena.wire());
  await send(lena.page, 'board-1');
  await send(lena.page, 'board-2');
  await shows(page, 'people_online', 2);
  await shows(page, 'messages_today', before + 2);
  await region(page, 'Busiest channels').getByText(`private-conversation.${general}`, { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => window.sameDocument), true, 'nothing was loaded again');

  const from = admin.wire().here;
  await scene.kill();
  await scene.restart();
  await admin.wire().connected({ from });
  await send(lena.page, 'board-3');
  await shows(page, 'messages_today', before + 3);
  await lena.profile.close();
  await shows(page, 'people_online', 1);
});

// Pause stops the drawing and not the recording; what happened meanwhile is there when it goes on.
scenario('paused, nothing moves; then all of it is there', async (scene) => {
  const [admin, lena] = await scene.people('admin', 'lena');
  const { page } = admin;
  await openConversation(lena.page, 'General', lena.wire());
  await page.goto('/admin');
  await shows(page, 'people_online', 2);
  const before = await value(page, 'messages_today');
  await button(page, 'Pause').click();
  await page.getByText('paused', { exact: true }).waitFor();
  await send(lena.page, 'paused-1');
  for (let tellings = 0; tellings < 3; tellings += 1) {
    const from = admin.wire().here;
    await admin.wire().frame((frame) => frame.event === 'metrics.updated', { from, what: 'the next figures' });
  }
  assert.equal(await value(page, 'messages_today'), before);
  await button(page, 'Go on').click();
  await shows(page, 'messages_today', before + 1);
});

// What is drawn and how far back are links; the chart's values are read with the arrow keys, its lines are switched, its table opens.
scenario('a chart is chosen, read by keyboard and opened as a table', async (scene) => {
  const admin = await scene.person('admin');
  const { page } = admin;
  await page.goto('/admin');
  await page.getByRole('navigation', { name: 'What is drawn' }).getByRole('link', { name: 'People', exact: true }).click();
  await page.waitForURL(/chart=people/);
  const chart = region(page, 'People');
  const slider = chart.getByRole('slider', { name: 'Point in time' });
  await slider.focus();
  // One instant at least lies before the newest.
  await eventually(async () => {
    await page.keyboard.press('ArrowLeft');
    assert.match(await chart.locator('.chart-readout').innerText(), /^\d\d:\d\d:\d\d · People online \d+ · Active today \d+/);
  });
  assert.match(await slider.getAttribute('aria-valuetext'), /People online \d+/);
  const line = button(chart, 'People online');
  assert.equal(await line.getAttribute('aria-pressed'), 'true');
  await line.click();
  await page.locator('.chart-plot path[data-line="0"][d=""]').waitFor({ state: 'attached' });
  await line.click();
  await chart.locator('.chart-plot').hover();
  await chart.locator('.chart-marker').waitFor({ state: 'attached' });
  await chart.getByText('Show as table').click();
  await chart.getByRole('columnheader', { name: 'People online' }).waitFor();

  await page.getByRole('navigation', { name: 'How far back' }).getByRole('link', { name: 'Day' }).click();
  await page.waitForURL(/period=day&chart=people/);
  await page.getByRole('navigation', { name: 'How far back' }).locator('[aria-current="page"]').getByText('Day').waitFor();
  await region(page, 'People').waitFor();
});

// A suggestion is added with one click and one of one's own by the form; it is raised while the admin looks, and stands in their inbox.
scenario('an alarm is set, raised and over', async (scene) => {
  const admin = await scene.person('admin');
  const { page } = admin;
  await page.goto('/admin/alarms');
  await page.getByRole('heading', { name: 'No alarms yet' }).waitFor();
  await button(page, 'Add Dead letters above 0').click();
  const alarms = page.getByRole('list', { name: 'Alarms' });
  await alarms.getByRole('listitem').filter({ hasText: 'Dead letters above 0' }).waitFor();
  await page.getByLabel('Figure', { exact: true }).selectOption('connections');
  await page.getByLabel('Threshold', { exact: true }).fill('1');
  await page.getByLabel('For how many seconds', { exact: true }).fill('0');
  await button(region(page, 'New alarm'), 'Add').click();
  const line = alarms.getByRole('listitem').filter({ hasText: 'Connections above 1' });
  await line.getByText('Quiet', { exact: true }).waitFor();
  assert.deepEqual(await violations(page), []);

  const lena = await scene.person('lena');
  await openConversation(lena.page, 'General', lena.wire());
  await line.getByText('Raised', { exact: true }).waitFor({ timeout: 30_000 });
  await page.goto('/admin');
  await page.getByRole('status').getByText('1 alarm', { exact: true }).waitFor();
  await lena.profile.close();
  await page.getByRole('status').getByText('All well', { exact: true }).waitFor({ timeout: 60_000 });
  await page.getByText(/^Last alarm: .*Connections above 1$/).waitFor();
  await page.goto('/inbox');
  await page.getByRole('main').getByRole('link', { name: /^Over: Connections above 1/ }).waitFor();
  await page.goto('/admin/alarms');
  await button(page, 'Switch off Connections above 1').click();
  await line.getByText('Off', { exact: true }).waitFor();
  await button(page, 'Delete Connections above 1').click();
  await line.waitFor({ state: 'detached' });
});

scenario('axe finds nothing on the board, light and dark', async (scene) => {
  const { page } = await scene.person('admin');
  for (const path of ['/admin', '/admin?period=day&chart=latency', '/admin/alarms']) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    if (path !== '/admin/alarms') await page.getByText('Show as table').click();
    assert.deepEqual(await audit(page), [], path);
  }
});

// Without scripts there are all figures, the chart, its table, and the way to other periods.
scenario('the board is whole without scripts', async (scene) => {
  const { page } = await scene.person('admin', { javaScript: false });
  await page.goto('/admin');
  assert.equal(await value(page, 'people_online'), 0, 'without scripts there is no socket');
  // Nobody is told: what is counted is on the next page that is asked for, within seconds.
  await eventually(async () => {
    await page.reload();
    assert.ok((await value(page, 'sign_ins')) >= 1);
  });
  assert.equal(await page.getByRole('button', { name: 'Pause' }).count(), 0);
  assert.equal(await page.getByRole('slider').count(), 0);
  await page.getByRole('link', { name: 'Week', exact: true }).click();
  await page.waitForURL(/period=week/);
  await page.getByText('Show as table').click();
  await page.getByRole('columnheader', { name: 'Messages a second' }).waitFor();
});
