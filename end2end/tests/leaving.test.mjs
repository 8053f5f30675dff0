// Suspending, restoring and removing people: what they and others see of it while their pages are open.

import assert from 'node:assert/strict';

import { leaveInWallet } from '../box-office.mjs';
import { scenario } from '../harness.mjs';
import { call, openConversation, part, PASSWORD, region, signIn } from '../plenum.mjs';

// What the page of whoever is out asks meanwhile is refused.
const OUT = [/401 \(Unauthorized\)/, /403 \(Forbidden\)/];
const SUSPENDED = 'Your account is suspended. Ask an administrator.';

/** Opens the page of administration of a person, found by name. */
async function openPerson(admin, name) {
  await admin.page.goto(`/admin/people?q=${encodeURIComponent(name)}`);
  await admin.page.getByRole('row').filter({ hasText: name }).getByRole('link', { name }).click();
  await admin.page.getByRole('heading', { level: 2, name }).waitFor();
}

// An admin suspends Sam, whose open tab ends with its sentence, and who leaves the directory that Lena has open. Signing in says it, too.
// Restored, he signs in again and is found again.
scenario('a suspended person is out at once and comes back when restored', async (scene) => {
  const [admin, sam, lena] = await scene.people('admin', 'sam', 'lena');
  const organisation = await lena.page.evaluate(async () => (await (await fetch('/fn/people/shell')).json()).state.viewer.organisation);
  await lena.open('/people', { channel: `private-organisation.${organisation}` });
  const inDirectory = lena.page.getByRole('listitem').filter({ hasText: 'Sam Adeyemi' });
  await inDirectory.waitFor();
  await sam.open('/inbox');

  await openPerson(admin, 'Sam Adeyemi');
  await admin.page.getByRole('button', { name: 'Suspend', exact: true }).click();
  await part.banner(sam.page).getByText(SUSPENDED).waitFor();
  await inDirectory.waitFor({ state: 'detached' });
  await admin.page.getByRole('heading', { level: 2, name: 'This person is suspended' }).waitFor();

  const again = await scene.visitor('sam again');
  await again.page.goto('/sign-in');
  await part.email(again.page).fill('sam@plenum.example');
  await part.password(again.page).fill(PASSWORD);
  await part.signIn(again.page).click();
  await again.page.getByText(SUSPENDED).first().waitFor();

  await admin.page.getByRole('button', { name: 'Restore', exact: true }).click();
  await admin.page.getByRole('heading', { level: 2, name: 'Suspend this person' }).waitFor();
  await inDirectory.waitFor();
  await signIn(again.page, 'sam@plenum.example');
}, { allow: OUT });

// The same without scripts.
scenario('an admin suspends and restores without scripts', async (scene) => {
  const admin = await scene.person('admin', { javaScript: false });
  await openPerson(admin, 'Sam Adeyemi');
  await admin.page.getByRole('button', { name: 'Suspend', exact: true }).click();
  await admin.page.getByText('Suspended.', { exact: true }).waitFor();
  await admin.page.goto('/admin/people?q=sam');
  await admin.page.getByRole('row').filter({ hasText: 'Sam Adeyemi' }).getByText('Suspended').waitFor();
  await openPerson(admin, 'Sam Adeyemi');
  await admin.page.getByRole('button', { name: 'Restore', exact: true }).click();
  await admin.page.getByText('Restored.', { exact: true }).waitFor();
});

// Tom is removed while Lena has the conversation open in which he wrote: what he said stays there, by a former member.
scenario('a removed person is a former member in an open conversation', async (scene) => {
  const [admin, lena, tom] = await scene.people('admin', 'lena', 'tom');
  const conversation = String(await openConversation(lena.page, 'General', lena.wire()));
  await call(tom.page, 'messages/send', { conversation, text: 'The lamps are in the cellar' });
  const message = part.message(lena.page, 'The lamps are in the cellar').first();
  await message.waitFor();
  await tom.open('/inbox');
  await leaveInWallet(scene.server, 'tom@plenum.example', 0);

  await openPerson(admin, 'Tom Visser');
  const remove = region(admin.page, 'Remove this person');
  const successor = remove.getByLabel('Passes to');
  if (await successor.count()) await successor.selectOption({ label: 'Vera Nowak' });
  await remove.getByRole('checkbox').check();
  await remove.getByRole('button', { name: 'Remove', exact: true }).click();
  await part.banner(tom.page).getByText('Your account was removed. Ask an administrator.').waitFor();
  await lena.page.getByText('A former member').first().waitFor();
  await message.waitFor();
  await admin.page.getByText('This person was removed.').waitFor();
  assert.equal(await admin.page.getByRole('button', { name: 'Remove', exact: true }).count(), 0);
}, { allow: OUT });
