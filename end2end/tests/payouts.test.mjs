// Withdrawals leave by the organisation's bank: two admins at the same page, one file, and the bank accounts shortened everywhere but in it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { audit } from '../axe.mjs';
import { makeAdmin } from '../database.mjs';
import { scenario, shows } from '../harness.mjs';
import { region } from '../plenum.mjs';

const PAGE = '/admin/withdrawals';
const IBAN = 'GB29 NWBK 6016 1331 9268 19';

async function open(page, path) {
  await page.goto(path);
  await page.waitForLoadState('networkidle');
}

async function withdraw(page, text, iban) {
  const form = region(page, 'Withdraw');
  await form.getByLabel('Amount').fill(text);
  await form.getByLabel('Account holder').fill('Zoë Haddad');
  await form.getByLabel('IBAN').fill(iban);
  await page.getByRole('button', { name: 'Ask for it' }).click();
}

const files = (page) => region(page, 'Payment files').getByRole('list', { name: 'Payment files' }).getByRole('listitem');

// Noor mistypes her IBAN, and is told at its field. The admins see her withdrawal with its account shortened; one enters the organisation's
// account and makes the file, and the other sees both, has nothing left to make a file of, and marks the file as paid: Noor has her money,
// and all of it is seen live. The download is the file for the bank.
scenario('two admins pay withdrawals with one file', async (scene) => {
  await makeAdmin(scene.server, 'lena@plenum.example');
  const [noor, admin, lena] = await scene.people('noor', 'admin', 'lena');
  await open(admin.page, PAGE);
  await open(lena.page, PAGE);
  await open(noor.page, '/wallet');
  await withdraw(noor.page, '300', 'GB29 NWBK 6016 1331 9268 18');
  await region(noor.page, 'Withdraw').getByText('This IBAN has a typing error').waitFor();
  await withdraw(noor.page, '300', IBAN);
  await shows(noor.page.locator('#wallet-amount'), '€700.00');

  const asked = (page) => page.locator('[data-withdrawal-id]').filter({ hasText: '€300.00' });
  await asked(lena.page).getByText('GB29 … 6819').waitFor();
  assert.ok(!(await lena.page.content()).includes('1331926819'));
  await asked(admin.page).getByRole('button', { name: /^Approve/ }).click();
  await asked(lena.page).getByText('Approved', { exact: true }).waitFor();

  await region(admin.page, 'Payment files').getByRole('link', { name: "Enter the organisation's account" }).click();
  const payer = region(admin.page, "Enter the organisation's account");
  await payer.getByLabel('Account holder').fill('Städtische Bühne');
  await payer.getByLabel('IBAN').fill('DE89 3704 0044 0532 0130 00');
  await payer.getByRole('button', { name: 'Save' }).click();
  for (const { page } of [admin, lena]) await region(page, 'Payment files').getByText('Paid from DE89 … 3000 of Städtische Bühne').waitFor();

  await region(lena.page, 'Payment files').getByText('1 transfer, €300.00').waitFor();
  // Two quick clicks make one file.
  await region(admin.page, 'Payment files').getByRole('button', { name: 'Make a payment file' }).dblclick();
  for (const { page } of [admin, lena]) {
    await files(page).filter({ hasText: '€300.00' }).getByText('To be paid').waitFor();
    await region(page, 'Payment files').getByRole('button', { name: 'Make a payment file' }).waitFor({ state: 'detached' });
    assert.equal(await files(page).count(), 1);
  }
  await asked(lena.page).getByText('in payment file PLENUM-').waitFor();
  await asked(lena.page).getByRole('link', { name: /^Return/ }).waitFor();

  const [download] = await Promise.all([
    lena.page.waitForEvent('download'),
    files(lena.page).getByRole('link', { name: /^Download/ }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^PLENUM-\d{8}-[0-9a-f]{12}\.xml$/);
  const xml = await readFile(await download.path(), 'utf8');
  assert.match(xml, /<IBAN>GB29NWBK60161331926819<\/IBAN>/);
  assert.match(xml, /<Nm>Zoe Haddad<\/Nm>/);
  assert.match(xml, /<CtrlSum>300\.00<\/CtrlSum>/);

  await files(lena.page).getByRole('link', { name: /^Mark as paid/ }).click();
  await region(lena.page, /^Mark as paid/).getByRole('button', { name: 'Mark as paid' }).click();
  for (const { page } of [admin, lena]) {
    await files(page).getByText('Paid', { exact: true }).waitFor();
    await asked(page).getByText('Paid out', { exact: true }).waitFor();
  }
  await noor.page.getByRole('list', { name: 'Deposits and withdrawals' }).getByRole('listitem').filter({ hasText: 'Paid out' }).waitFor();
  await shows(noor.page.locator('#wallet-amount'), '€700.00');

  for (const path of [PAGE, `${PAGE}?payer=change`]) {
    await open(admin.page, path);
    assert.deepEqual(await audit(admin.page), [], path);
  }
}, { allow: [/status of 4(09|22)/] });
