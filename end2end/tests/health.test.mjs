// Is it well? An admin tests the live connection and finds what failed; jobs that failed for good come while one looks, and go back.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { audit, violations } from '../axe.mjs';
import { refuseMail } from '../database.mjs';
import { eventually, scenario } from '../harness.mjs';
import { region } from '../plenum.mjs';
import { PYTHON } from '../python.mjs';

const button = (within, name) => within.getByRole('button', { name });
const SELF_TEST = "This browser's live connection";
const step = (page, name) => region(page, SELF_TEST).getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });

/** Leaves two jobs that failed for good in the database of a server. Python's own library reads it: Node 20 has none. */
function bury(directory) {
  const script = `
import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=10) as database:
    for row in (1, 2):
        database.execute("insert into dead_letters (kind, payload, error, attempts, created_at, died_at) values ('test.nobody', ?, 'it took too long', 3, 1, 2)", ('{"row":%d}' % row,))
`;
  execFileSync(PYTHON, ['-c', script, join(directory, 'plenum.db')]);
}

/** Each of the four steps, by the word of its chip. */
const marks = async (page) => {
  const found = {};
  for (const name of ['Connected', 'Ping', 'Subscribed', 'Test event']) found[name] = await step(page, name).locator('.chip').innerText();
  return found;
};

// Two admins test at the same time: each gets their own event back, and no other's.
scenario('two admins test their live connections, each their own', async (scene) => {
  const people = [await scene.person('admin'), await scene.person('admin')];
  const [{ page }] = people;
  for (const person of people) await person.open('/admin/health');
  await eventually(async () => assert.equal((await marks(page)).Subscribed, 'well'));
  assert.equal((await marks(page))['Test event'], '…', 'nothing is sent before one wants to');
  await Promise.all(people.map((person) => button(person.page, 'Test the connection').click()));
  for (const { page } of people) {
    await eventually(async () => {
      const found = await marks(page);
      assert.deepEqual([found.Connected, found.Subscribed], ['well', 'well']);
      for (const name of ['Ping', 'Test event']) assert.match(found[name], /well|look/);
      assert.match(await step(page, 'Test event').innerText(), /It took \d+ ms\./);
      assert.match(await step(page, 'Ping').innerText(), /It took \d+ ms\./);
    });
  }
  // Again, and what was found before is not what is shown.
  await button(page, 'Test the connection').click();
  await eventually(async () => assert.match(await step(page, 'Test event').innerText(), /It took \d+ ms\./));
  assert.deepEqual(await violations(page), []);
});

// The cable is pulled: the page says which part fails and what to check; plugged in again, all is well.
scenario('a cut line is found by the self-test', async (scene) => {
  const admin = await scene.person('admin');
  const { page } = admin;
  await admin.open('/admin/health');
  await eventually(async () => assert.equal((await marks(page)).Subscribed, 'well'));
  admin.line.cut();
  await button(page, 'Test the connection').click();
  await eventually(async () => {
    assert.equal((await marks(page))['Test event'], 'bad');
    assert.match(await step(page, 'Test event').innerText(), /did not take it|did not come/);
  });
  await eventually(async () => {
    assert.equal((await marks(page)).Connected, 'bad');
    assert.match(await step(page, 'Connected').innerText(), /Check/);
  }, { within: 60_000 });
  assert.deepEqual(await violations(page), []);

  const from = admin.wire().here;
  admin.line.heal();
  await admin.wire().connected({ from });
  await eventually(async () => assert.equal((await marks(page)).Connected, 'well'));
  await button(page, 'Test the connection').click();
  await eventually(async () => assert.match((await marks(page))['Test event'], /well|look/));
});

// What an application's backend does wrong stands there with what to check, next to the measurements of the server.
scenario('a wrong signature is found, and the findings say what to do', async (scene) => {
  const admin = await scene.person('admin');
  const { page } = admin;
  const asked = await fetch(`${scene.server.origin}/apps/plenum-demo/channels?auth_key=demo-key&auth_version=1.0&auth_timestamp=1&auth_signature=0`);
  assert.equal(asked.status, 401);
  await admin.open('/admin/health');
  const application = region(page, 'External applications').getByRole('listitem').filter({ hasText: 'plenum-demo' }).first();
  assert.match(await application.innerText(), /set this machine's clock right[^]*Check app id, key and secret/);
  const findings = region(page, 'The server').getByRole('listitem');
  await findings.filter({ hasText: 'Demo mode' }).getByText('start without PLENUM_DEMO').waitFor();
  await region(page, 'The server').getByText(/\d+ others are well/).click();
  assert.match(await findings.filter({ hasText: 'Reading from the database' }).innerText(), /It took \d+ ms/);
  await page.getByRole('table', { name: 'Errors' }).getByText('/apps/{app_id}/channels').waitFor();
});

// A failed job that comes while one looks is shown; the other admin's click takes it away here, too.
scenario('a job is discarded after a question, in both pages', async (scene) => {
  const [one, two] = [await scene.person('admin'), await scene.person('admin')];
  for (const person of [one, two]) await person.open('/admin/jobs');
  const { page } = one;
  await page.getByText('No job has failed for good.').waitFor();
  await page.getByRole('rowheader', { name: 'housekeeping.log' }).waitFor();
  assert.deepEqual(await violations(page), []);
  const failed = (page) => region(page, 'Failed for good').getByRole('listitem');
  await scene.kill();
  bury(scene.server.directory);
  await scene.restart();
  for (const { page } of [one, two]) await failed(page).filter({ hasText: 'test.nobody' }).first().waitFor({ timeout: 40_000 });
  assert.equal(await failed(page).count(), 2);
  assert.match(await failed(page).first().innerText(), /row 2/);
  assert.deepEqual(await violations(page), []);

  await failed(page).first().getByRole('link', { name: 'Discard' }).click();
  const question = page.getByRole('region', { name: /^Discard job \d+, test\.nobody\?$/ });
  await question.getByRole('link', { name: 'Keep it' }).click();
  await question.waitFor({ state: 'detached' });
  await failed(page).first().getByRole('link', { name: 'Discard' }).click();
  await button(question, 'Discard').click();
  for (const { page } of [one, two]) await eventually(async () => assert.equal(await failed(page).count(), 1));
  // Nobody handles it: it is tried again, and waits for its next try.
  await button(failed(two.page).first(), 'Try again').click();
  await eventually(async () => assert.equal(await failed(page).count(), 0));
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'test.nobody' }) });
  await row.getByText('nobody handles this kind').waitFor();
});

// The address is told when somebody is invited to it, until an admin lets it be written to again.
scenario('an address that refuses mail is allowed again', async (scene) => {
  await refuseMail(scene.server, 'gone@example.org');
  const admin = await scene.person('admin');
  const { page } = admin;
  const invite = async () => {
    await page.getByLabel('E-mail (optional)').fill('gone@example.org');
    await page.getByRole('button', { name: 'Invite' }).click();
  };
  await admin.open('/admin/people');
  await invite();
  await page.getByText('was refused for good').waitFor();
  await admin.open('/admin/mail');
  const line = region(page, 'Addresses that refuse mail').getByRole('listitem').filter({ hasText: 'gone@example.org' });
  await line.getByText('550 5.1.1 no such user').waitFor();
  await button(line, 'Write to it again').click();
  await region(page, 'Addresses that refuse mail').getByText('No address has refused mail.').waitFor();
  await admin.open('/admin/people');
  await invite();
  await page.getByText('Hand this address on to whom you invite').waitFor();
}, { allow: [/the server responded with a status of 422/] });

scenario('axe finds nothing on the pages of those who run the place, light and dark, also at 360 px', async (scene) => {
  bury(scene.server.directory);
  const admin = await scene.person('admin');
  for (const path of ['/admin/jobs', '/admin/jobs?discard=1', '/admin/mail', '/admin/health']) {
    await admin.open(path);
    assert.deepEqual(await audit(admin.page), [], path);
  }
});
