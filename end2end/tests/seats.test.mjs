// The seat map: people see each other's picks as they happen, nobody gets a seat that another has, and a
// basket ends, lasts longer, and stays over a reload; by pointer, by keyboard, on a phone, without scripts.

import assert from 'node:assert/strict';

import { violations } from '../axe.mjs';
import { basket, is, MAP, openMap, seat } from '../box-office.mjs';
import { eventually, scenario } from '../harness.mjs';
import { PASSWORD, part } from '../plenum.mjs';

const MINUTE = 60_000;

/** Waits until what is held lasts for about half an hour, which one extension of a quarter makes. */
const extended = (page) => basket(page).locator('.basket-held .basket-time').getByText(/^(30:00|2\d:\d\d)$/).waitFor();

const line = (page, name) => basket(page).getByRole('listitem').filter({ hasText: name });

// Sam picks a seat: it is his, and Lena and a visitor see it held; he lets it go, and it is free for all of them.
scenario('what one picks the others see', async (scene) => {
  const [sam, lena] = await scene.people('sam', 'lena');
  const visitor = await scene.visitor('nobody');
  for (const person of [sam, lena, visitor]) await openMap(person);
  await visitor.page.getByText('3 looking').waitFor();
  await seat(sam.page, 'B', 7).click();
  await is(sam.page, 'B', 7, 'yours');
  await line(sam.page, 'Row B, seat 7').waitFor();
  for (const person of [lena, visitor]) await is(person.page, 'B', 7, 'held by somebody');
  await line(sam.page, 'Row B, seat 7').getByRole('button').click();
  for (const person of [sam, lena, visitor]) await is(person.page, 'B', 7, 'available');
});

// Sam picks, asks for more time and pays; what he has is sold on the maps of the others. Otto gives it back, and it is free for all.
scenario('what one buys the others see, and what is given back', async (scene) => {
  const [sam, lena, otto] = await scene.people('sam', 'lena', 'otto');
  const visitor = await scene.visitor('nobody');
  const others = [lena, visitor];
  for (const person of [sam, ...others]) await openMap(person);
  await seat(sam.page, 'C', 3).click();
  for (const person of others) await is(person.page, 'C', 3, 'held by somebody');
  const tab = await sam.tab();
  await tab.goto(MAP);
  await is(tab, 'C', 3, 'yours');
  await basket(sam.page).getByRole('button', { name: 'More time' }).click();
  await extended(sam.page);
  await basket(sam.page).getByRole('button', { name: /^Pay from wallet/ }).click();
  await sam.page.waitForURL('**/orders/*');
  for (const person of others) await is(person.page, 'C', 3, 'sold');
  // His own are not anybody's: on a map that was open, and on one that is opened now.
  await is(tab, 'C', 3, 'yours, bought');
  const later = await sam.tab();
  await later.goto(MAP);
  await is(later, 'C', 3, 'yours, bought');
  const { pathname } = new URL(sam.page.url());
  await otto.page.goto(pathname);
  await otto.page.getByLabel('Row C, seat 3 · €25.00', { exact: true }).check();
  await otto.page.getByLabel('Reason', { exact: true }).fill('Rained off');
  await otto.page.getByRole('button', { name: 'Refund these places' }).click();
  for (const person of others) await is(person.page, 'C', 3, 'available');
  await sam.page.getByText('Otto Lindqvist: Rained off', { exact: true }).waitFor();
});

/** Presses Tab until what has the focus is called so. */
async function tabTo(page, name) {
  const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim());
  for (let presses = 0; presses < 150; presses += 1) {
    if (name.test(await focused())) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab never came to ${name}`);
}

// Without a pointer, from the list of events to the code of a ticket.
scenario('a ticket is bought by keyboard alone', async (scene) => {
  const noor = await scene.person('noor');
  const { page } = noor;
  await page.goto('/events');
  await noor.wire().subscribed('event.1');
  await tabTo(page, /^Winter gala of the Northfield Institute$/);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/events/1');
  await seat(page, 'A', 1).waitFor();
  await tabTo(page, /^Row A, seat 1, /);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await is(page, 'A', 2, 'yours');
  await page.getByRole('button', { name: /^Pay from wallet/ }).waitFor();
  await tabTo(page, /^Pay from wallet/);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/orders/*');
  await page.getByRole('link', { name: /^Ticket/ }).waitFor();
  await tabTo(page, /^Ticket\b.*Row A, seat 2/);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/tickets/*');
  await page.getByRole('img', { name: /code/i }).waitFor();
});

// Two press the same seat at once: it is one's, the other one sees it held, and has nothing in the basket.
scenario('two pick the same seat at once', async (scene) => {
  const [sam, lena] = await scene.people('sam', 'lena');
  for (const person of [sam, lena]) await openMap(person);
  await Promise.all([sam, lena].map((person) => seat(person.page, 'C', 9).click()));
  const mine = async (person) => (await seat(person.page, 'C', 9).getAttribute('aria-label')).endsWith(', yours');
  const [winner, other] = await eventually(async () => {
    const got = await Promise.all([sam, lena].map(mine));
    assert.equal(got.filter(Boolean).length, 1);
    return got[0] ? [sam, lena] : [lena, sam];
  });
  await line(winner.page, 'Row C, seat 9').waitFor();
  await is(other.page, 'C', 9, 'held by somebody');
  assert.equal(await line(other.page, 'Row C, seat 9').count(), 0);
}, { allow: [/status of 409/] });

// A hold ends while one looks: the basket says so and keeps what was in it; one click holds it again.
scenario('a basket ends, and is had again by one click', async (scene) => {
  const [sam, lena] = await scene.people('sam', 'lena');
  for (const person of [sam, lena]) await openMap(person);
  await seat(sam.page, 'D', 4).click();
  await is(sam.page, 'D', 4, 'yours');
  await scene.advance(14 * MINUTE);
  await part.alert(sam.page, 'Your places are held for').waitFor();
  await is(lena.page, 'D', 4, 'held by somebody');
  await scene.advance(MINUTE);
  await part.alert(sam.page, 'Time is up').waitFor();
  await is(lena.page, 'D', 4, 'available');
  await line(sam.page, 'Row D, seat 4').waitFor();
  await basket(sam.page).getByRole('button', { name: 'Try to hold them again' }).click();
  await is(sam.page, 'D', 4, 'yours');
  await is(lena.page, 'D', 4, 'held by somebody');
});

// A reload and a second tab show the same basket; more time is more time in both; what one tab lets go the other loses.
scenario('a basket is the same in all tabs, and lasts longer', async (scene) => {
  const sam = await scene.person('sam');
  await openMap(sam);
  await seat(sam.page, 'A', 5).click();
  await line(sam.page, 'Row A, seat 5').waitFor();
  await sam.page.reload();
  await line(sam.page, 'Row A, seat 5').waitFor();
  const tab = await sam.tab();
  await tab.goto(MAP);
  await line(tab, 'Row A, seat 5').waitFor();
  const minutes = async (page) => Number((await basket(page).locator('.basket-held .basket-time').innerText()).split(':')[0]);
  assert.ok((await minutes(tab)) <= 15);
  await basket(sam.page).getByRole('button', { name: 'More time' }).click();
  for (const page of [sam.page, tab]) await eventually(async () => assert.ok((await minutes(page)) >= 29));
  await basket(tab).getByRole('button', { name: 'Let them go' }).click();
  for (const page of [sam.page, tab]) {
    await line(page, 'Row A, seat 5').waitFor({ state: 'detached' });
    await is(page, 'A', 5, 'available');
  }
});

// Without a pointer: one tab stop, arrows by where seats are, Enter picks; and the list, row by row.
scenario('seats are picked by keyboard, from the map and from the list', async (scene) => {
  const { page } = await scene.person('sam');
  await page.goto(MAP);
  const first = seat(page, 'A', 1);
  await first.waitFor();
  assert.equal(await page.locator('.seat[tabindex="0"]').count(), 1);
  await first.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label'));
  assert.match(await focused(), /^Row B, seat 2, stalls, €25\.00, available$/);
  await page.keyboard.press('End');
  assert.match(await focused(), /^Row B, seat 20, /);
  await page.keyboard.press('Home');
  assert.match(await focused(), /^Row B, seat 1, /);
  assert.equal(await page.locator('.seat[tabindex="0"]').count(), 1);
  await page.keyboard.press('Enter');
  await is(page, 'B', 1, 'yours');

  await page.getByRole('button', { name: 'List', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^\W*Row C/ }).focus();
  await page.keyboard.press('Space');
  const box = page.getByRole('checkbox', { name: /^Row C, seat 11, / });
  await box.focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Hold these seats' }).focus();
  await page.keyboard.press('Enter');
  await line(page, 'Row C, seat 11').waitFor();
  await line(page, 'Row B, seat 1').waitFor();
});

// The best ones together are beside each other; as many as one can have, and no more.
scenario('the best seats together are found', async (scene) => {
  const { page } = await scene.person('sam');
  await page.goto(MAP);
  await seat(page, 'A', 1).waitFor();
  await page.getByLabel('How many').selectOption('3');
  await page.getByRole('button', { name: 'Find the best together' }).click();
  await basket(page).getByText('3 of at most 6').first().waitFor();
  const names = await basket(page).locator('.basket-lines li').filter({ hasText: /^Row/ }).allInnerTexts();
  const numbers = names.map((name) => Number(name.match(/seat (\d+)/)[1])).sort((a, b) => a - b);
  assert.deepEqual(numbers.map((number) => number - numbers[0]), [0, 1, 2]);
});

// A visitor picks two seats; somebody takes one of them while they sign in: the other one is held, and they are told.
scenario('what a visitor has picked survives the way to the door', async (scene) => {
  const lena = await scene.person('lena');
  await openMap(lena);
  const { page } = await scene.visitor('sam');
  await page.goto(MAP);
  await seat(page, 'B', 3).click();
  await is(page, 'B', 3, 'picked');
  await seat(page, 'B', 4).click();
  await basket(page).getByText('These places are not held yet.').waitFor();
  await is(lena.page, 'B', 3, 'available');
  await basket(page).getByRole('link', { name: 'Sign in to hold them' }).click();
  await seat(lena.page, 'B', 3).click();
  await is(lena.page, 'B', 3, 'yours');
  await part.email(page).fill('sam@plenum.example');
  await part.password(page).fill(PASSWORD);
  await part.signIn(page).click();
  await page.waitForURL((url) => url.pathname === MAP);
  await line(page, 'Row B, seat 4').waitFor();
  await part.alert(page, 'Taken meanwhile: Row B, seat 3.').waitFor();
  await is(page, 'B', 4, 'yours');
});

// A phone: the basket is a sheet that opens; nothing is wider than the screen; axe finds nothing, in light and in dark, map and list.
scenario('the map fits a phone, and axe finds nothing', async (scene) => {
  for (const [name, theme, width] of [['sam', 'light', 360], ['lena', 'dark', 1280]]) {
    const { page } = await scene.person(name, { theme, width, height: 740 });
    await page.goto(MAP);
    await seat(page, 'A', 3).waitFor();
    assert.deepEqual(await violations(page), [], `map, ${theme}`);
    await seat(page, 'A', name === 'sam' ? 3 : 4).click();
    if (width === 360) {
      await page.getByText('1 place · €25.00').waitFor();
      await page.getByRole('button', { name: 'Show', exact: true }).click();
    }
    await line(page, 'Row A').waitFor();
    assert.deepEqual(await violations(page), [], `basket, ${theme}`);
    if (width === 360) await page.getByRole('button', { name: 'Hide', exact: true }).click();
    await page.getByRole('button', { name: 'List', exact: true }).click();
    await page.getByRole('button', { name: /^\W*Row D/ }).click();
    assert.deepEqual(await violations(page), [], `list, ${theme}`);
  }
});

// A title of one long word breaks where the screen ends; the page is not wider than it.
scenario('a long word makes no page wider than its screen', async (scene) => {
  const otto = await scene.person('otto', { width: 360, height: 740 });
  const event = MAP.split('/')[2];
  await otto.page.goto(`/events/${event}/edit`);
  await otto.page.getByLabel('Title').first().fill('Donaudampfschifffahrtsgesellschaftskapitän'.repeat(2));
  await otto.page.getByRole('button', { name: 'Save' }).first().click();
  await otto.page.waitForURL(/done=|edit/);
  for (const path of [MAP, `/events/${event}`, '/events']) {
    await otto.page.goto(path);
    const [wide, screen] = await otto.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wide <= screen, `${path} is ${wide} px wide on a screen of ${screen}`);
  }
});

// Without scripts: the list opens a row, its seats are ticked and held, more time is a button, and all can be let go.
scenario('places are held without scripts', async (scene) => {
  const { page } = await scene.person('noor', { javaScript: false });
  await page.goto(MAP);
  await page.getByRole('button', { name: 'List', exact: true }).click();
  await page.getByRole('button', { name: /^\W*Row D/ }).click();
  await page.getByRole('checkbox', { name: /^Row D, seat 8, / }).check();
  await page.getByRole('checkbox', { name: /^Row D, seat 9, / }).check();
  await page.getByRole('button', { name: 'Hold these seats' }).click();
  await line(page, 'Row D, seat 8').waitFor();
  await line(page, 'Row D, seat 9').getByRole('button').click();
  await line(page, 'Row D, seat 9').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'More time' }).click();
  await extended(page);
  await page.getByRole('button', { name: 'Let them go' }).click();
  await page.getByText('Nothing yet.').waitFor();
});

// The line is cut while somebody else picks; when it is back the map is as it is now, without a reload.
scenario('a map that lost its line is right again', async (scene) => {
  const [sam, lena] = await scene.people('sam', 'lena');
  for (const person of [sam, lena]) await openMap(person);
  const from = lena.wire().here;
  lena.line.cut();
  await seat(sam.page, 'A', 9).click();
  await is(sam.page, 'A', 9, 'yours');
  lena.line.heal();
  await lena.wire().connected({ from });
  await is(lena.page, 'A', 9, 'held by somebody');
});
