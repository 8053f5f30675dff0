// The wallet in the browser: money is there when the server says so, in every tab at once, and once; a withdrawal is decided by another
// and seen live; all of it without scripts and on a narrow screen, too.

import assert from 'node:assert/strict';

import { audit } from '../axe.mjs';
import { eventually, scenario, shows } from '../harness.mjs';
import { region } from '../plenum.mjs';

const amount = (page) => page.locator('#wallet-amount');
const pending = (page, which) => page.locator(`[data-balance="${which}"]`);
const moves = (page) => page.getByRole('list', { name: 'Deposits and withdrawals' }).getByRole('listitem');
const entries = (page) => page.locator('[data-posting-id]');

/** The wallet, alive. */
async function open(page, path = '/wallet') {
  await page.goto(path);
  await page.waitForLoadState('networkidle');
}

/** Begins a deposit in a tab that shows the wallet; the tab is at the simulator then. */
async function deposit(page, text) {
  await region(page, 'Add money').getByLabel('Amount').fill(text);
  await page.getByRole('button', { name: 'Go to the payment' }).click();
  await page.waitForURL(/\/wallet\/deposits\/\d+\/simulator$/);
  await page.getByText('This is a simulator').waitFor();
  await page.waitForLoadState('networkidle');
}

async function withdraw(page, text) {
  await region(page, 'Withdraw').getByLabel('Amount').fill(text);
  await region(page, 'Withdraw').getByLabel('Account holder').fill('Noor Haddad');
  await region(page, 'Withdraw').getByLabel('IBAN').fill('DE89 3704 0044 0532 0130 00');
  await page.getByRole('button', { name: 'Ask for it' }).click();
}

// Lena pays in one tab and looks at her wallet in another: what is on its way shows there, and the money when the gateway has approved,
// with a line of the statement on top; a notification tells of it without the amount.
scenario('a deposit that is approved is seen in another tab', async (scene) => {
  const lena = await scene.person('lena');
  const [first, second] = [lena.page, await lena.tab()];
  await open(first);
  await open(second);
  await shows(amount(second), '€1,000.00');
  await deposit(first, '25.50');
  await shows(pending(second, 'pending_in'), '€25.50');
  assert.equal(await amount(second).innerText(), '€1,000.00', 'nothing is there before the gateway has answered');
  await first.getByRole('button', { name: 'Approve', exact: true }).click();
  await shows(amount(second), '€1,025.50');
  await shows(pending(second, 'pending_in'), '€0.00');
  await moves(second).filter({ hasText: 'In your wallet' }).waitFor();
  await eventually(async () => assert.match(await entries(second).first().innerText(), /Deposit[^]*\+€25\.50[^]*€1,025\.50/));
  await region(first, 'This deposit').getByText('In your wallet').waitFor();
  await open(second, '/inbox');
  await second.getByRole('list', { name: 'Inbox' }).getByRole('link', { name: 'Your deposit is in your wallet' }).waitFor();
  assert.ok(!(await second.getByRole('list', { name: 'Inbox' }).innerText()).includes('25.50'));
});

// The gateway answers late: the page says so and waits; twice at once: it is credited once; it declines and then approves: nothing moves.
scenario('a gateway answers late, twice, and contradicts itself', async (scene) => {
  const sam = await scene.person('sam');
  const watching = await sam.tab();
  await open(watching);
  await open(sam.page);
  await deposit(sam.page, '10');
  await sam.page.getByRole('button', { name: 'Approve later' }).click();
  await sam.page.getByText('It will answer in a few seconds.').waitFor();
  assert.equal(await amount(watching).innerText(), '€1,000.00');
  await shows(amount(watching), '€1,010.00');
  await region(sam.page, 'This deposit').getByText('In your wallet').waitFor();

  await open(sam.page);
  await deposit(sam.page, '7');
  await sam.page.getByRole('button', { name: 'Approve twice' }).click();
  await shows(amount(watching), '€1,017.00');
  await sam.page.getByRole('button', { name: 'Approve twice' }).click();
  await open(sam.page);
  await shows(amount(sam.page), '€1,017.00');
  assert.equal(await entries(sam.page).count(), 3, 'the opening balance and two deposits');

  await deposit(sam.page, '5');
  await sam.page.getByRole('button', { name: 'Decline, then approve' }).click();
  await region(sam.page, 'This deposit').getByText('Declined').waitFor();
  await moves(watching).filter({ hasText: 'Declined' }).waitFor();
  await shows(amount(watching), '€1,017.00');
});

// Noor asks for money: it is set aside at once and stands on the admin's page at once; the admin approves it and pays it out, and she sees
// both; another is rejected with a reason, and her money is back. Too much is refused at its field, and what was typed stays.
scenario('a withdrawal is decided by another and seen live', async (scene) => {
  const [noor, admin] = await scene.people('noor', 'admin');
  await open(admin.page, '/admin/withdrawals');
  await admin.page.getByText('Nothing to do').waitFor();
  await open(noor.page);
  await withdraw(noor.page, '5000');
  await region(noor.page, 'Withdraw').getByText('There is €1,000.00 in the wallet.').waitFor();
  assert.equal(await region(noor.page, 'Withdraw').getByLabel('Amount').inputValue(), '5000');
  await withdraw(noor.page, '300');
  await shows(amount(noor.page), '€700.00');
  await shows(pending(noor.page, 'pending_out'), '€300.00');

  const line = admin.page.locator('[data-withdrawal-id]').filter({ hasText: '€300.00' });
  // Two quick clicks approve, and do no more: what comes under the pointer asks first, naming amount and account.
  await line.getByRole('button', { name: /^Approve €300\.00 of Noor/ }).dblclick();
  await moves(noor.page).filter({ hasText: 'Approved' }).waitFor();
  await line.getByText('Approved', { exact: true }).waitFor();
  const question = region(admin.page, 'Mark as paid out €300.00 of Noor Haddad');
  if (!(await question.isVisible())) await line.getByRole('link', { name: /^Mark as paid out €300\.00 of Noor/ }).click();
  await question.getByText('To DE89 … 3000', { exact: true }).waitFor();
  await question.getByRole('button', { name: 'Mark as paid out', exact: true }).click();
  await moves(noor.page).filter({ hasText: 'Paid out' }).waitFor();
  await shows(pending(noor.page, 'pending_out'), '€0.00');
  await shows(amount(noor.page), '€700.00');

  await withdraw(noor.page, '200');
  await shows(amount(noor.page), '€500.00');
  const other = admin.page.locator('[data-withdrawal-id]').filter({ hasText: '€200.00' });
  await other.getByRole('link', { name: /^Reject/ }).click();
  await admin.page.getByLabel('Why it is rejected').fill('No such account');
  await region(admin.page, /^Reject/).getByRole('button', { name: 'Reject' }).click();
  await moves(noor.page).filter({ hasText: 'Rejected: No such account' }).waitFor();
  await shows(amount(noor.page), '€700.00');

  await withdraw(noor.page, '100');
  const own = moves(noor.page).filter({ hasText: '€100.00' });
  await own.getByRole('button', { name: /^Cancel/ }).click();
  await own.getByText('Cancelled').waitFor();
  await shows(amount(noor.page), '€700.00');
}, { allow: [/status of 409/] });

// The server is killed while a wallet is on the screen: what moved meanwhile is there when the line is back.
scenario('a wallet goes on after the server was killed', async (scene) => {
  const tom = await scene.person('tom');
  const [first, second] = [tom.page, await tom.tab()];
  await open(first);
  await open(second);
  await deposit(first, '12');
  await shows(pending(second, 'pending_in'), '€12.00');
  await scene.kill();
  await scene.restart();
  await open(first, first.url());
  await first.getByRole('button', { name: 'Approve', exact: true }).click();
  await eventually(async () => assert.equal(await amount(second).innerText(), '€1,012.00'), { within: 40_000 });
});

// Without scripts: the form leads to the gateway, its answer back to the wallet, the filter is an address.
scenario('a wallet without scripts', async (scene) => {
  const { page } = await scene.person('lena', { javaScript: false });
  await page.goto('/wallet');
  await region(page, 'Add money').getByLabel('Amount').fill('40');
  await page.getByRole('button', { name: 'Go to the payment' }).click();
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByRole('link', { name: 'Back to the wallet' }).click();
  assert.equal((await amount(page).innerText()).trim(), '€1,040.00');
  await page.getByRole('search', { name: 'Filter the statement' }).getByLabel('What').selectOption('deposit');
  await page.getByRole('search', { name: 'Filter the statement' }).getByRole('button', { name: 'Show' }).click();
  assert.match(page.url(), /kind=deposit/);
  assert.equal(await entries(page).count(), 1);
  await withdraw(page, '9999');
  await page.getByText('There is €1,040.00 in the wallet.').waitFor();
});

// Nothing is wider than a narrow screen, and axe finds nothing, light and dark, with something on every list.
scenario('axe finds nothing on the pages of money, light and dark, also at 360 px', async (scene) => {
  const [sam, admin] = await scene.people('sam', 'admin');
  await open(sam.page);
  await withdraw(sam.page, '100');
  await shows(amount(sam.page), '€900.00');
  await deposit(sam.page, '25');
  const simulator = new URL(sam.page.url()).pathname;
  for (const [page, path] of [
    [sam.page, simulator], [sam.page, '/wallet'], [sam.page, '/wallet?kind=payment'], [admin.page, '/admin/withdrawals'],
    [admin.page, '/admin/withdrawals?reject=1'],
  ]) {
    await open(page, path);
    assert.deepEqual(await audit(page), [], path);
  }
});
