// Orders: paid in one tab and seen in the other, given back while the buyer looks, refused in words that say what to do.

import assert from 'node:assert/strict';

import { audit, violations } from '../axe.mjs';
import { GALA, leaveInWallet } from '../box-office.mjs';
import { eventually, scenario } from '../harness.mjs';
import { call } from '../plenum.mjs';

const MINUTE = 60_000;

const button = (within, name) => within.getByRole('button', { name, exact: true });
const state = (page, word) => page.getByRole('main').getByRole('status').getByText(word, { exact: true });
const hold = async (page, ...seats) => (await call(page, 'box_office/hold', [['event', GALA], ...seats.map((seat) => ['seats[]', seat])])).id;
const order = (page, id) => call(page, 'box_office/create_order', { hold: id });

/** Opens the page of an order and waits until it is live there. */
async function open(person, page, id) {
  await person.open(`/orders/${id}`, { page, channel: `private-order.${id}` });
}

// Sam pays in one tab; the other shows it, and so does the list. Otto gives one place back: Sam sees that, and why.
scenario('an order is paid and given back while its pages are open', async (scene) => {
  const [sam, otto] = await scene.people('sam', 'otto');
  const other = await sam.tab();
  const basket = await hold(sam.page, 1, 2);
  const id = await order(sam.page, basket);
  await other.goto('/orders');
  const line = other.getByRole('list', { name: 'Orders' }).getByRole('listitem');
  await line.getByText('Not paid yet', { exact: true }).waitFor();
  await open(sam, sam.page, id);
  await sam.page.getByRole('timer').waitFor();
  assert.deepEqual(await violations(sam.page), []);
  await button(sam.page, 'Pay from wallet · €1,000.00 available').click();
  await state(sam.page, 'Paid').waitFor();
  await line.getByText('Paid', { exact: true }).waitFor();
  assert.equal(await sam.page.getByRole('list', { name: 'Places' }).getByRole('link', { name: /^Ticket/ }).count(), 2);

  await open(otto, otto.page, id);
  await otto.page.getByLabel('Row A, seat 1 · €25.00', { exact: true }).check();
  await otto.page.getByLabel('Reason', { exact: true }).fill('The pillar');
  assert.deepEqual(await violations(otto.page), []);
  await button(otto.page, 'Refund these places').click();
  for (const page of [sam.page, otto.page]) {
    await state(page, 'Partly refunded').waitFor();
    await page.getByText('€25.00 refunded for 1 place', { exact: true }).waitFor();
    await page.getByText('Otto Lindqvist: The pillar', { exact: true }).waitFor();
  }
  await line.getByText('Partly refunded', { exact: true }).waitFor();
  assert.equal(await sam.page.getByRole('list', { name: 'Places' }).getByRole('link', { name: /^Ticket/ }).count(), 1);
  await otto.page.getByLabel('Row A, seat 2 · €25.00', { exact: true }).check();
  await otto.page.getByLabel('Reason', { exact: true }).fill('And the other one');
  await button(otto.page, 'Refund these places').click();
  await state(sam.page, 'Refunded').waitFor();
  await otto.page.getByRole('heading', { name: 'Refund', exact: true }).waitFor({ state: 'hidden' });
});

// From the basket with a code to the order, in one page; the organiser sees the code being used.
scenario('a basket is paid with a promo code', async (scene) => {
  const [sam, otto] = await scene.people('sam', 'otto');
  await otto.page.goto(`/events/${GALA}/codes`);
  await otto.page.getByRole('heading', { name: 'No promo codes yet' }).waitFor();
  await otto.page.getByLabel('Code', { exact: true }).fill('members10');
  await otto.page.getByLabel('How much', { exact: true }).fill('10');
  await button(otto.page, 'Make the code').click();
  const code = otto.page.getByRole('list', { name: 'Promo codes' }).getByRole('listitem').filter({ hasText: 'MEMBERS10' });
  await code.getByText('10 % off · used in 0 orders').waitFor();
  assert.deepEqual(await violations(otto.page), []);

  const { page } = sam;
  await page.goto('/orders');
  await page.goto(`/orders/new?hold=${await hold(page, 1, 2, 3)}`);
  await page.waitForLoadState('networkidle');
  await page.getByLabel('Promo code', { exact: true }).fill('nobody');
  await button(page, 'Apply').click();
  await page.getByRole('alert').filter({ hasText: 'There is no such promo code for this event.' }).waitFor();
  await page.getByLabel('Promo code', { exact: true }).fill('members10');
  await button(page, 'Apply').click();
  await page.getByText('€67.50', { exact: true }).waitFor();
  assert.deepEqual(await violations(page), []);
  await button(page, 'Pay from wallet · €1,000.00 available').click();
  await page.waitForURL(/\/orders\/\d+/);
  await state(page, 'Paid').waitFor();
  await code.getByText('10 % off · used in 1 order').waitFor();
  await code.getByRole('button', { name: /^End/ }).click();
  await code.getByText('Ended', { exact: true }).waitFor();
});

// While the hold ends the page says so by itself, and pays nothing.
scenario('an order expires while one looks', async (scene) => {
  const sam = await scene.person('sam');
  const id = await order(sam.page, await hold(sam.page, 1));
  await open(sam, sam.page, id);
  await scene.advance(14 * MINUTE);
  await sam.page.getByRole('alert').filter({ hasText: 'The time to pay is running out.' }).waitFor();
  await scene.advance(MINUTE);
  await state(sam.page, 'Expired').waitFor();
  assert.equal(await button(sam.page, 'Pay from wallet · €1,000.00 available').isVisible(), false);
  await eventually(async () => assert.deepEqual(await violations(sam.page), []));
});

// Too little in the wallet: said before anything is pressed, and no button is there that cannot work; what is missing is added on the
// way, where the time that is left is in sight, and whoever has paid comes back to the order.
scenario('too little in the wallet', async (scene) => {
  const sam = await scene.person('sam');
  const { page } = sam;
  await leaveInWallet(scene.server, 'sam@plenum.example', 1_000);
  await page.goto(`/orders/new?hold=${await hold(page, 1)}`);
  await page.waitForLoadState('networkidle');
  await page.getByText('There is not enough in your wallet: €15.00 is missing.').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Pay from wallet/ }).count(), 0);
  assert.deepEqual(await violations(page), []);
  await button(page, 'Order, and pay in time').click();
  await page.waitForURL(/\/orders\/\d+$/);
  const order = new URL(page.url()).pathname;
  await page.getByRole('timer').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Pay from wallet/ }).count(), 0);
  await button(page, 'Add €15.00 to the wallet').click();
  await page.waitForURL(/\/wallet\/deposits\/\d+\/simulator$/);
  await page.getByText('Your places are held for another').getByRole('timer').waitFor();
  assert.deepEqual(await violations(page), []);
  // Where one goes on afterwards survives the server.
  await scene.kill();
  await scene.restart();
  await page.reload();
  await page.waitForLoadState('networkidle');
  await page.getByText('Your places are held for another').getByRole('timer').waitFor();
  await button(page, 'Approve').click();
  await page.waitForURL((url) => url.pathname === order);
  await button(page, 'Pay from wallet · €25.00 available').click();
  await state(page, 'Paid').waitFor();
});

// The same without scripts, from a basket that is no order yet: the code that was entered comes back with it.
scenario('what is missing is added without scripts', async (scene) => {
  const sam = await scene.person('sam');
  await leaveInWallet(scene.server, 'sam@plenum.example', 1_000);
  const basket = await hold(sam.page, 1);
  const { page } = await scene.person('sam', { javaScript: false });
  await page.goto(`/orders/new?hold=${basket}`);
  await button(page, 'Add €15.00 to the wallet').click();
  await page.waitForURL(/\/wallet\/deposits\/\d+\/simulator$/);
  await button(page, 'Approve').click();
  await page.getByRole('link', { name: 'Back to your order' }).click();
  await page.waitForURL(new RegExp(`/orders/new\\?hold=${basket}`));
  await button(page, 'Pay from wallet · €25.00 available').click();
  await page.getByText('It is paid, and the places are yours.').waitFor();
});

// The whole way without scripts, and what is refused is said on the page that it was sent from.
scenario('a basket is paid without scripts', async (scene) => {
  const tom = await scene.person('tom');
  const basket = await hold(tom.page, 7, 8);
  const { page } = await scene.person('tom', { javaScript: false });
  await page.goto(`/orders/new?hold=${basket}`);
  await page.getByLabel('Promo code', { exact: true }).fill('nobody');
  await button(page, 'Apply').click();
  await page.getByText('There is no such promo code for this event.').waitFor();
  await button(page, 'Pay from wallet · €1,000.00 available').click();
  await page.waitForURL(/\/orders\/\d+\?done=paid$/);
  await page.getByText('It is paid, and the places are yours.').waitFor();
  await page.getByRole('link', { name: 'All orders' }).click();
  await page.getByRole('list', { name: 'Orders' }).getByText('Paid', { exact: true }).waitFor();
});

scenario('axe finds nothing on the pages of orders, light and dark, also at 360 px', async (scene) => {
  const sam = await scene.person('sam');
  const { page } = sam;
  const paid = await order(page, await hold(page, 1, 2));
  await call(page, 'box_office/pay', { key: 'key-0000-0001', id: paid, total: 5_000 });
  const basket = await hold(page, 3);
  const waits = await order(page, basket);
  for (const path of ['/orders', `/orders/${paid}`, `/orders/${waits}`, `/orders/new?hold=${basket}`, '/orders?show=ended']) {
    await sam.open(path);
    assert.deepEqual(await audit(page), [], path);
  }
});
