// Programs: a token is made in the settings, shown once, used over HTTP and ended, with scripts and
// without; so are the credentials of an external application; and the page that describes the API is for everyone.

import assert from 'node:assert/strict';

import { audit, violations } from '../axe.mjs';
import { scenario } from '../harness.mjs';
import { PASSWORD } from '../plenum.mjs';

/** The section of the settings, and the text that it offers to be copied. */
const section = (page) => page.getByRole('region', { name: 'Tokens' });
const secret = (page) => section(page).locator('.copy-line code');

/** Fills in the form for a new token and sends it. */
async function make(page, name, { scopes = ['read'], password = PASSWORD } = {}) {
  const form = section(page);
  await form.getByLabel('What it is for').fill(name);
  for (const scope of ['read', 'write', 'connect']) {
    await form.getByRole('checkbox', { name: new RegExp(`^${scope}`) }).setChecked(scopes.includes(scope));
  }
  await form.getByLabel('Valid for').selectOption('30 days');
  await form.getByLabel('Your password').fill(password);
  await form.getByRole('button', { name: 'Make the token' }).click();
}

/** Goes somewhere, and waits until scripts have taken the page over: before that a form is sent as without them. */
async function alive(person, go) {
  const from = person.wire().here;
  await go();
  await person.wire().connected({ from });
}

/** Asks the public API as a program does: the status. */
async function ask(scene, token) {
  const answer = await fetch(`${scene.server.origin}/api/v1/conversations`, { headers: { authorization: `Bearer ${token}` } });
  return answer.status;
}

// A wrong password is said at its field, and what was typed stays; the list shows the token without a reload; ending asks first.
scenario('a token is made, used and ended', async (scene) => {
  const person = await scene.person('sam');
  const { page } = person;
  await alive(person, () => page.goto('/settings'));
  await section(page).getByText('You have no tokens.').waitFor();
  assert.equal(await section(page).getByRole('checkbox', { name: /^admin/ }).count(), 0, 'Sam is no admin');
  await make(page, 'Timetable', { scopes: ['read', 'write'], password: 'not his password' });
  await section(page).getByRole('alert').filter({ hasText: 'This is not your password.' }).waitFor();
  assert.equal(await section(page).getByLabel('What it is for').inputValue(), 'Timetable');
  await make(page, 'Timetable', { scopes: ['read', 'write'] });
  await secret(page).waitFor();
  const token = await secret(page).innerText();
  assert.equal(await ask(scene, token), 200);
  const line = section(page).getByRole('listitem').filter({ hasText: 'Timetable' });
  await line.getByText(/read, write · made .* · valid until/).waitFor();
  assert.deepEqual(await violations(page), []);

  await alive(person, () => page.reload());
  await line.waitFor();
  assert.equal(await secret(page).count(), 0, 'it is shown once');
  const button = line.getByRole('button', { name: /^End/ });
  const dialog = page.getByRole('dialog', { name: 'End this token' });
  await button.click();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await ask(scene, token), 200);
  await button.click();
  await dialog.getByRole('button', { name: 'End this token' }).click();
  await section(page).getByText('The token has ended.').waitFor();
  await section(page).getByText('You have no tokens.').waitFor();
  assert.equal(await ask(scene, token), 401);
}, { allow: [/the server responded with a status of 422/] });

// The secret stands in the page that the form leads to, in no address, and not again.
scenario('a token is made, used and ended without scripts', async (scene) => {
  const { page } = await scene.person('sam', { javaScript: false });
  await page.goto('/settings');
  await make(page, 'Timetable');
  await page.waitForURL(/done=token/);
  const token = await secret(page).innerText();
  assert.ok(!page.url().includes(token));
  assert.equal(await ask(scene, token), 200);
  await page.goto('/settings?done=token');
  await section(page).getByText('made and shown once').waitFor();
  assert.equal(await secret(page).count(), 0);
  await section(page).getByRole('listitem').filter({ hasText: 'Timetable' }).getByRole('button', { name: /^End/ }).click();
  await section(page).getByText('The token has ended.').waitFor();
  assert.equal(await ask(scene, token), 401);
});

// The same for an external application, and for its second secret.
scenario('the secrets of an application are shown once without scripts', async (scene) => {
  const { page } = await scene.person('admin', { javaScript: false });
  const shown = page.locator('.field', { hasText: 'Secret' }).locator('.copy-line code');
  await page.goto('/admin/applications');
  await page.getByRole('region', { name: 'New application' }).getByLabel('Name').fill('Canteen');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL(/done=created/);
  const first = await shown.innerText();
  assert.match(first, /^[0-9a-f]{40}$/);
  await page.getByRole('link', { name: 'Canteen' }).click();
  assert.equal(await shown.count(), 0);
  await page.getByRole('button', { name: 'New secret' }).click();
  await page.waitForURL(/done=rotated/);
  const second = await shown.innerText();
  assert.match(second, /^[0-9a-f]{40}$/);
  assert.notEqual(second, first);
  await page.reload();
  assert.equal(await shown.count(), 0);
});

// The description reads without signing in, in both colours and on a narrow screen, and its links lead somewhere.
scenario('the API is described to everyone, light and dark', async (scene) => {
  const { page } = await scene.visitor('visitor');
  await page.goto('/api/docs');
  assert.deepEqual(await audit(page), []);
  await page.getByRole('navigation', { name: 'Contents' }).getByRole('link', { name: 'Sends a message', exact: true }).click();
  const operation = page.getByRole('region', { name: 'Sends a message', exact: true });
  await operation.getByText('/api/v1/conversations/{id}/messages', { exact: true }).waitFor();
  assert.ok(await operation.evaluate((element) => element.getBoundingClientRect().top < window.innerHeight), 'it is on the screen');
  await operation.getByRole('link', { name: 'Message', exact: true }).click();
  await page.getByRole('region', { name: 'Message', exact: true }).getByText('sent_at').waitFor();
});
