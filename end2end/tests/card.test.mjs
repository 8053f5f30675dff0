// Orders paid by card in the browser: from the basket to the gateway's page and back, declined, and paid after the tab was closed. The page
// of the order follows, whoever says what when.

import assert from 'node:assert/strict';
import { after } from 'node:test';

import { violations } from '../axe.mjs';
import { GALA } from '../box-office.mjs';
import { CardGateway } from '../card-gateway.mjs';
import { eventually, scenario } from '../harness.mjs';
import { call } from '../plenum.mjs';

const MINUTE = 60_000;

const gateway = await CardGateway.open();
after(() => gateway.close());
const CARDS = { server: { env: gateway.env } };

const button = (within, name) => within.getByRole('button', { name, exact: true });
const state = (page, word) => page.getByRole('main').getByRole('status').getByText(word, { exact: true });
const hold = async (page, ...seats) => (await call(page, 'box_office/hold', [['event', GALA], ...seats.map((seat) => ['seats[]', seat])])).id;
const order = (page, id) => call(page, 'box_office/create_order', { hold: id });
const says = (page, text) => page.getByRole('status').filter({ hasText: text }).waitFor();

/** Opens the page of an order and waits until it is live there. */
const open = (person, page, id) => person.open(`/orders/${id}`, { page, channel: `private-order.${id}` });

// Sam pays a basket on the gateway's page: another tab says that it is being paid, and shows the tickets as soon as the gateway has said so.
scenario('a basket is paid by card', async (scene) => {
  const sam = await scene.person('sam');
  await gateway.play(sam);
  const { page } = sam;
  const other = await sam.tab();
  const basket = await hold(page, 1, 2);
  const id = await order(page, basket);
  await open(sam, other, id);
  await sam.open(`/orders/new?hold=${basket}`);
  await button(page, 'Pay €50.00 by card').waitFor();
  assert.deepEqual(await violations(page), []);
  await button(page, 'Pay €50.00 by card').click();
  const session = await gateway.shown(page);
  await says(other, 'Paying by card…');
  assert.deepEqual(await violations(other), []);
  await gateway.pay(scene.server, session);
  await state(other, 'Paid').waitFor();
  assert.equal(await other.getByRole('list', { name: 'Places' }).getByRole('link', { name: /^Ticket/ }).count(), 2);
  await page.getByRole('link', { name: 'Return' }).click();
  await page.waitForURL(`**/orders/${id}`);
  await state(page, 'Paid').waitFor();
}, CARDS);

// The card is declined: the page says so, nothing was charged, and the wallet pays.
scenario('a card is declined', async (scene) => {
  const sam = await scene.person('sam');
  await gateway.play(sam);
  const { page } = sam;
  const other = await sam.tab();
  const id = await order(page, await hold(page, 1));
  await open(sam, other, id);
  await open(sam, page, id);
  await button(page, 'Pay €25.00 by card').click();
  const session = await gateway.shown(page);
  await says(other, 'Paying by card…');
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.waitForURL(`**/orders/${id}`);
  await page.getByRole('link', { name: 'Go on to the payment page' }).waitFor();
  await gateway.tell(scene.server, 'checkout.session.async_payment_failed', session);
  await says(other, 'The card payment was not made. Nothing was charged.');
  await says(page, 'The card payment was not made. Nothing was charged.');
  await button(other, 'Pay from wallet · €1,000.00 available').click();
  await state(other, 'Paid').waitFor();
}, CARDS);

// Sam closes the tab at the gateway and pays when the places are held no longer: the money is returned, and the page says so.
scenario('a card pays after the tab was closed, too late', async (scene) => {
  const sam = await scene.person('sam');
  await gateway.play(sam);
  const { page } = sam;
  const paying = await sam.tab();
  const id = await order(page, await hold(page, 1));
  await open(sam, page, id);
  await open(sam, paying, id);
  await button(paying, 'Pay €25.00 by card').click();
  const session = await gateway.shown(paying);
  await paying.close();
  await says(page, 'Paying by card…');
  await scene.advance(40 * MINUTE);
  gateway.ahead += 40 * MINUTE;
  await state(page, 'Expired').waitFor();
  await gateway.pay(scene.server, session);
  await says(page, 'A card payment came too late.');
  await says(page, 'The money was returned to the card.');
  await eventually(async () => assert.deepEqual(gateway.refunds, [`pi_${session}`]));
}, CARDS);
