// The box office over a server that is killed without warning and started again: what was held is held, what was paid is paid once, who
// was let in is in once. The pages stay open all the while, say how it is, and go on by themselves.

import assert from 'node:assert/strict';

import { basket, GALA, is, MAP, seat, sellSeats } from '../box-office.mjs';
import { secondDoor } from '../database.mjs';
import { eventually, scenario, shows } from '../harness.mjs';
import { call, keepReply, markDocument, part, region, sameDocument } from '../plenum.mjs';

const DOOR = `/events/${GALA}/check-in`;

/** What a page says of a command that nobody has answered. */
const NOT_REACHED = 'The server cannot be reached just now.';
/** How long a page may take to come back by itself: it waits longer with each attempt. */
const BACK = 60_000;

/** How the line is, in the word at the foot of the navigation. */
const lineIs = (page, word, timeout) =>
  page.getByRole('navigation', { name: 'Main' }).getByText(word, { exact: true }).waitFor({ timeout });
const pay = (page) => page.getByRole('button', { name: /^Pay from wallet/ });
const places = (page) => basket(page).locator('.basket-lines li').filter({ hasText: /^Row/ });

/** How many seconds the basket is held yet, as the page counts them. */
async function secondsLeft(page) {
  const [minutes, seconds] = (await basket(page).locator('.basket-held .basket-time').innerText()).split(':').map(Number);
  return 60 * minutes + seconds;
}

/** Opens a page and waits until it follows `channel`; marks its document. */
async function open(person, path, channel) {
  await person.open(path, { channel });
  await markDocument(person.page);
}

// Sam holds two seats when the server is killed. Both maps say that the line is away, and his time goes on; what Lena presses meanwhile is
// nobody's. Then both are live again as they were: his seats are his for as long as before, Lena takes another one, and he pays his.
scenario('a seat map goes on after the server was killed', async (scene) => {
  const [sam, lena] = await scene.people('sam', 'lena');
  const people = [sam, lena];
  const hisAreHis = async () => {
    for (const number of [7, 8]) {
      await is(sam.page, 'B', number, 'yours');
      await is(lena.page, 'B', number, 'held by somebody');
    }
    assert.equal(await places(sam.page).count(), 2);
  };
  for (const person of people) await open(person, MAP, `seats.${GALA}`);
  for (const number of [7, 8]) {
    await seat(sam.page, 'B', number).click();
    await is(sam.page, 'B', number, 'yours');
  }
  await basket(sam.page).locator('.order-sums').filter({ hasText: '€50.00' }).waitFor();
  await hisAreHis();

  const marks = people.map((person) => person.wire().here);
  const before = await secondsLeft(sam.page);
  await scene.kill();
  for (const { page } of people) await lineIs(page, 'Reconnecting');
  await seat(lena.page, 'B', 9).click();
  await part.alert(lena.page, NOT_REACHED).waitFor();
  await is(lena.page, 'B', 9, 'available');
  assert.equal(await places(lena.page).count(), 0, 'nothing is hers that the server has not said so of');
  await hisAreHis();
  await eventually(async () => assert.ok((await secondsLeft(sam.page)) < before, 'time goes on without a server'));

  await scene.restart();
  for (const [i, person] of people.entries()) {
    await lineIs(person.page, 'Live', BACK);
    const { recovered } = await person.wire().subscribed(`seats.${GALA}`, { from: marks[i] });
    assert.equal(recovered, true, `${person.name} resumed`);
    assert.ok(await sameDocument(person.page), `${person.name}'s page was not loaded again`);
  }
  await hisAreHis();
  const back = await secondsLeft(sam.page);
  assert.ok(back < before, 'his time has not begun anew');
  await eventually(async () => assert.ok((await secondsLeft(sam.page)) < back, 'and goes on'));
  // What the server knows of it is what the page has kept.
  const tab = await sam.tab();
  await tab.goto(MAP);
  await eventually(async () => assert.equal(await places(tab).count(), 2));
  await eventually(async () => {
    const [here, there] = await Promise.all([secondsLeft(sam.page), secondsLeft(tab)]);
    assert.ok(Math.abs(here - there) <= 2, `${here} s here, ${there} s in a tab that is new`);
  });

  await seat(lena.page, 'B', 9).click();
  await is(lena.page, 'B', 9, 'yours');
  await is(sam.page, 'B', 9, 'held by somebody');
  await part.alert(lena.page, NOT_REACHED).waitFor({ state: 'detached' });
  await pay(sam.page).click();
  await sam.page.waitForURL('**/orders/*');
  for (const number of [7, 8]) await is(lena.page, 'B', number, 'sold');
  await is(lena.page, 'B', 9, 'yours');
});

const state = (page, word) => page.getByRole('main').getByRole('status').getByText(word, { exact: true });
const hold = async (page, ...seats) => (await call(page, 'box_office/hold', [['event', GALA], ...seats.map((seat) => ['seats[]', seat])])).id;
const order = (page, id) => call(page, 'box_office/create_order', { hold: id });
const tickets = (page) => page.getByRole('list', { name: 'Places', exact: true }).getByRole('link', { name: /^Ticket/ });
const amount = (page) => page.locator('#wallet-amount');
const entries = (page) => page.locator('[data-posting-id]');
const orders = (page) => page.getByRole('list', { name: 'Your orders', exact: true }).getByRole('listitem');

/** The keys under which a page sends a command, as they come: the same one twice is the same command. */
function keysOf(page, endpoint) {
  const keys = [];
  page.on('request', (request) => {
    if (request.method() !== 'POST' || new URL(request.url()).pathname !== `/fn/${endpoint}`) return;
    keys.push(new URLSearchParams(request.postData()).get('key'));
  });
  return keys;
}

/** What there is when all is over, in pages that are loaded then: one payment, one order, and a ticket for each of two places. */
async function assertBoughtOnce(page) {
  await page.goto('/wallet');
  await shows(amount(page), '€950.00');
  assert.equal(await entries(page).count(), 2, 'the opening balance and one payment');
  await page.goto('/orders');
  await orders(page).getByText('Paid', { exact: true }).waitFor();
  assert.equal(await orders(page).count(), 1);
  await page.goto('/tickets');
  await page.locator('.ticket-row').first().waitFor();
  assert.equal(await page.locator('.ticket-row').count(), 2);
}

// Sam presses Pay while there is no server: the order says that it was not reached, and is not paid. He presses again when it is back: the
// same command under the same key, which pays it, and his wallet in another tab shows one payment.
scenario('an order that is paid while the server is down is paid once, when it is back', async (scene) => {
  const sam = await scene.person('sam');
  const { page } = sam;
  const wallet = await sam.tab();
  const id = await order(page, await hold(page, 1, 2));
  await wallet.goto('/wallet');
  await sam.wire(wallet).connected();
  await markDocument(wallet);
  await open(sam, `/orders/${id}`, `private-order.${id}`);
  const keys = keysOf(page, 'box_office/pay');

  await scene.kill();
  await pay(page).click();
  await part.alert(page, NOT_REACHED).waitFor();
  await state(page, 'Not paid yet').waitFor();
  await pay(page).waitFor();
  assert.equal(await tickets(page).count(), 0);

  await scene.restart();
  await pay(page).click();
  await state(page, 'Paid').waitFor();
  assert.equal(await part.alert(page, NOT_REACHED).count(), 0);
  assert.equal(await tickets(page).count(), 2);
  assert.equal(keys.length, 2);
  assert.ok(keys[0]);
  assert.equal(keys[1], keys[0], 'what was not answered is sent again under its own key');

  await shows(amount(wallet), '€950.00', { within: BACK });
  await eventually(async () => assert.equal(await entries(wallet).count(), 2));
  await lineIs(page, 'Live', BACK);
  for (const tab of [page, wallet]) assert.ok(await sameDocument(tab), 'nothing was loaded again');
  await assertBoughtOnce(page);
});

// The server has taken the money and is killed before its answer has arrived: the check-out knows nothing of that and says so. Sam presses
// again when the server is back, and is led to the order that he has paid; nothing is charged twice.
scenario('a payment whose answer is lost with the server is made once', async (scene) => {
  const sam = await scene.person('sam');
  const { page } = sam;
  const basket = await hold(page, 1, 2);
  const from = sam.wire().here;
  await page.goto(`/orders/new?hold=${basket}`);
  await sam.wire().connected({ from });
  await page.waitForLoadState('networkidle');
  await markDocument(page);
  const reply = await keepReply(sam.profile, 'box_office/buy');
  await pay(page).click();
  assert.equal(await reply.done, 200, 'the server has done it');
  await page.getByRole('button', { name: 'Confirming…', exact: true }).waitFor();

  await scene.kill();
  reply.lose();
  await part.alert(page, NOT_REACHED).waitFor();
  await pay(page).waitFor();
  assert.equal(new URL(page.url()).pathname, '/orders/new');

  await scene.restart();
  await pay(page).click();
  await page.waitForURL(/\/orders\/\d+/);
  await state(page, 'Paid').waitFor();
  assert.equal(await tickets(page).count(), 2);
  assert.ok(await sameDocument(page), 'nothing was loaded again');
  await assertBoughtOnce(page);
});

const answer = (page) => page.locator('.door-answer');
const counts = (page) => page.locator('.door-counts b');
const says = (page, word) => answer(page).getByText(word, { exact: true }).waitFor();

/** Reads a code at a door, as a scanner that types does. */
async function scan(page, code) {
  const field = page.getByRole('textbox', { name: 'Code of a ticket', exact: true });
  await field.fill(code);
  await field.press('Enter');
}

/** The codes on one's tickets, as they are printed. */
async function codesOf({ page }) {
  await page.goto('/tickets');
  const links = await page.locator('.ticket-row a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  const codes = [];
  for (const link of links) {
    await page.goto(link);
    codes.push(await page.locator('.ticket-code code').innerText());
  }
  return codes;
}

// The first code was let in, but the answer is lost with the server; the second is read while there is none. Both wait, and neither is
// shown as let in. When the server is back the first is answered as it was, not as one that was used, and the second is let in; the other
// door, open all the while, counts two, and knows them.
scenario('a door whose server was killed lets everybody in once', async (scene) => {
  const [otto, mara, lena] = await scene.people('otto', 'mara', 'lena');
  await sellSeats(scene.server, 'lena@plenum.example', 3);
  await secondDoor(scene.server, 'mara@plenum.example');
  const codes = await codesOf(lena);
  const doors = [otto, mara];
  for (const door of doors) await open(door, DOOR, `event.${GALA}`);
  for (const { page } of doors) await shows(counts(page), '0 of 3 in');

  const reply = await keepReply(otto.profile, 'check_in/code');
  await scan(otto.page, codes[0]);
  assert.equal(await reply.done, 200, 'the server has done it');
  await says(otto.page, 'Asking…');
  await shows(counts(mara.page), '1 of 3 in');
  await scene.kill();
  reply.lose();
  await scan(otto.page, codes[1]);
  const waiting = region(otto.page, 'Not checked yet');
  await eventually(async () => assert.equal(await waiting.getByRole('listitem').count(), 2));
  assert.equal(await otto.page.getByText('Come in', { exact: true }).count(), 0, 'nobody is let in by a page alone');

  await scene.restart();
  await waiting.waitFor({ state: 'detached', timeout: BACK });
  await says(otto.page, 'Come in');
  await answer(otto.page).getByText('Lena Kovač', { exact: true }).waitFor();
  const scanned = region(otto.page, 'Scanned here').getByRole('listitem');
  await eventually(async () => assert.equal(await scanned.count(), 1, 'the one before'));
  await scanned.getByText('Come in', { exact: true }).waitFor();
  for (const { name, page } of doors) {
    await shows(counts(page), '2 of 3 in', { within: BACK });
    await eventually(async () => assert.equal(await region(page, 'Came in last').getByRole('listitem').count(), 2));
    assert.ok(await sameDocument(page), `${name}'s door was not loaded again`);
  }

  await scan(mara.page, codes[0]);
  await says(mara.page, 'Already used');
  await scan(mara.page, codes[2]);
  await says(mara.page, 'Come in');
  for (const { page } of doors) await shows(counts(page), '3 of 3 in', { within: BACK });
  await lineIs(otto.page, 'Live');
});
