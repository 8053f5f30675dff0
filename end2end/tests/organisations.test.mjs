// Organisations at hosts of their own on one server: made by the operator, suspended and resumed before everybody's eyes, and in colours
// of their own.

import assert from 'node:assert/strict';

import { eventually, scenario } from '../harness.mjs';
import { call, markDocument, part, region, sameDocument } from '../plenum.mjs';

const HOST = 'school.localhost';
const PASSWORD = 'correct horse battery';

// What rests is answered with 503, and who is out with 401: browsers write both down.
const allow = [/the server responded with a status of (401|503)/, /WebSocket connection to '[^']*' failed/];

/** Ada follows her invitation, at the host of her organisation. */
async function ada(scene, address) {
  const person = await scene.visitor('ada', { baseURL: new URL(address).origin });
  const { page } = person;
  await page.goto(address);
  await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace');
  await part.email(page).fill('ada@school.example');
  await part.password(page).fill(PASSWORD);
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await page.waitForURL((url) => url.pathname !== '/register');
  return person;
}

/** The line of an organisation in the operator's list. */
const line = (page, name) => region(page, 'Organisations').getByRole('listitem').filter({ hasText: name });

// One operator makes an organisation; the other sees it come, and then that it has an admin. She finds herself at her own host, in an
// organisation of her own, and its pages of the whole server are not hers.
scenario('an organisation is made, and its first admin joins it', async (scene) => {
  const [admin, other] = await scene.people('admin', 'admin');
  for (const person of [admin, other]) await person.open('/admin/organisations', { channel: 'private-ops.1' });
  const form = region(admin.page, 'New organisation');
  await form.getByLabel('Name', { exact: true }).fill('School');
  await form.getByLabel('Host name', { exact: true }).fill('https://school');
  await form.getByRole('button', { name: 'Make organisation' }).click();
  await form.getByText('Enter a host name like').waitFor();
  await form.getByLabel('Host name', { exact: true }).fill(HOST);
  await form.getByRole('button', { name: 'Make organisation' }).click();
  await line(other.page, 'School').getByRole('button', { name: /Invite an admin/ }).waitFor();
  const address = await admin.page.locator('.copy-line code').innerText();
  assert.equal(new URL(address).hostname, HOST);

  const { page } = await ada(scene, address);
  assert.equal(new URL(page.url()).hostname, HOST);
  await page.goto('/admin/organisation');
  await page.getByRole('heading', { name: 'School', exact: true }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Organisations', exact: true }).count(), 0);
  await page.goto('/people');
  await page.getByRole('main').getByRole('listitem').filter({ hasText: 'Ada Lovelace' }).waitFor();
  assert.equal(await page.getByText('Lena Kovač').count(), 0);
  await admin.page.reload();
  assert.equal(await line(admin.page, 'School').getByRole('button', { name: /Invite an admin/ }).count(), 0);
}, { allow: [/the server responded with a status of 422/] });

// Whoever has a page open when their organisation is suspended is told at once, and finds it closed; when it is resumed they are signed in
// as before. Both operators' lists say how it stands.
scenario('a suspension is seen live, and ends', async (scene) => {
  const [admin, other] = await scene.people('admin', 'admin');
  const address = await call(admin.page, 'organisations/create', { name: 'School', host: HOST });
  const person = await ada(scene, address);
  await person.open('/inbox');
  for (const operator of [admin, other]) await operator.open('/admin/organisations', { channel: 'private-ops.1' });
  await line(admin.page, 'School').getByRole('button', { name: /Suspend/ }).click();
  await admin.page.getByRole('dialog').getByRole('button', { name: 'Suspend', exact: true }).click();
  await line(other.page, 'School').getByText('Suspended', { exact: true }).waitFor();
  await person.page.getByRole('link', { name: 'Sign in again' }).click();
  await person.page.getByRole('heading', { name: 'Suspended' }).waitFor();

  await line(other.page, 'School').getByRole('button', { name: /Resume/ }).click();
  await line(admin.page, 'School').getByRole('button', { name: /Suspend/ }).waitFor();
  await person.open('/inbox');
  await person.page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor();
}, { allow });

// A colour that an admin chooses is on everybody's open page, without a load; a logo stands at the door.
scenario('an organisation has its own colour and logo', async (scene) => {
  const [admin, lena] = await scene.people('admin', 'lena');
  await lena.open('/inbox', { channel: 'private-organisation.1' });
  await markDocument(lena.page);
  const accent = () => lena.page.evaluate(() => document.documentElement.style.getPropertyValue('--accent'));
  assert.equal(await accent(), '');
  await admin.open('/admin/organisation', { channel: 'private-ops.1' });
  const colour = region(admin.page, 'Colour');
  await colour.getByRole('switch', { name: /Own colour/ }).check();
  await colour.getByLabel('Colour', { exact: true }).fill('#2040c0');
  await colour.getByRole('button', { name: 'Save' }).click();
  await eventually(async () => assert.match(await accent(), /light-dark/));
  assert.ok(await sameDocument(lena.page));

  const picture = await admin.page.screenshot({ type: 'png', clip: { x: 0, y: 0, width: 64, height: 64 } });
  const logo = region(admin.page, 'Logo');
  await logo.getByLabel('Picture', { exact: true }).setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: picture });
  await logo.getByRole('button', { name: 'Upload' }).click();
  await logo.getByRole('img', { name: 'The logo now' }).waitFor();
  const visitor = await scene.visitor('visitor');
  await visitor.page.goto('/sign-in');
  assert.match(await visitor.page.locator('.door-mark').getAttribute('src'), /^\/logo\/\d+$/);
});
