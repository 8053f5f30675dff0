// Two-factor authentication: turned on in the settings, asked for after the password, with an app or a recovery code, with scripts and without;
// and demanded of a role while its people are signed in.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

import { audit, violations } from '../axe.mjs';
import { scenario } from '../harness.mjs';
import { part, PASSWORD, region, signIn } from '../plenum.mjs';

const STEP = 30_000; // ms that an app shows a code
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An authenticator app (RFC 6238), whose clock goes with the scene's. */
class App {
  #ahead = 0;

  constructor(scene, secret) {
    this.scene = scene;
    const bits = [...secret.replaceAll(' ', '')].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
    this.key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  }

  code() {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor((Date.now() + this.#ahead) / STEP)));
    const mac = createHmac('sha1', this.key).update(counter).digest();
    const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, '0');
  }

  /** The next code, once it is shown: each works once. */
  async next() {
    await this.scene.advance(STEP);
    this.#ahead += STEP;
    return this.code();
  }
}

const section = (page) => region(page, 'Two-factor authentication');
const codes = (page) => page.locator('.recovery-codes li');

/** Goes to the settings, and waits until scripts have taken the page over, if there are any. */
async function settings(person, scripts = true) {
  const from = scripts ? person.wire().here : 0;
  await person.page.goto('/settings');
  if (scripts) await person.wire().connected({ from });
}

/** Turns it on where the page shows it: the app, and the recovery codes. */
async function turnOn(scene, page, where) {
  await where.getByLabel('Your password').fill(PASSWORD);
  await where.getByRole('button', { name: 'Turn on' }).click();
  await where.getByRole('img', { name: 'QR code for an authenticator app' }).waitFor();
  const app = new App(scene, await where.locator('.copy-line code').innerText());
  await where.getByLabel('Code', { exact: true }).fill(app.code());
  await where.getByRole('button', { name: 'Confirm' }).click();
  await codes(page).first().waitFor();
  return { app, recovery: await codes(page).allInnerTexts() };
}

/** Gives the password and, on the page after it, a code. */
async function signInWith(page, email, code) {
  await signIn(page, email);
  assert.equal(new URL(page.url()).pathname, '/sign-in/code');
  await page.getByLabel('Code', { exact: true }).fill(code);
  await part.signIn(page).click();
}

// Sam turns it on, sees the recovery codes once, and signs in elsewhere with a code, which works once, and with a recovery code.
scenario('two-factor authentication is turned on and asked for', async (scene) => {
  const sam = await scene.person('sam');
  await settings(sam);
  const { app, recovery } = await turnOn(scene, sam.page, section(sam.page));
  assert.equal(recovery.length, 10);
  await section(sam.page).getByText(/On since/).waitFor();
  assert.deepEqual(await violations(sam.page), []);
  await region(sam.page, 'Tokens').getByLabel('Code', { exact: true }).waitFor();
  await settings(sam);
  await section(sam.page).getByText('10 recovery codes are left.').waitFor();
  assert.equal(await codes(sam.page).count(), 0, 'they are shown once');

  const { page } = await scene.visitor('elsewhere');
  await page.goto('/people');
  await page.waitForURL(/\/sign-in\?next=/);
  await part.email(page).fill('sam@plenum.example');
  await part.password(page).fill(PASSWORD);
  await part.signIn(page).click();
  await page.waitForURL(/\/sign-in\/code\?next=\/people$/);
  await page.getByLabel('Code', { exact: true }).waitFor();
  assert.deepEqual(await audit(page), []);
  await page.waitForLoadState('networkidle');
  await page.getByLabel('Code', { exact: true }).fill('000000000');
  await part.signIn(page).click();
  await part.alert(page, 'This code is not right').waitFor();
  await page.getByLabel('Code', { exact: true }).fill(await app.next());
  await part.signIn(page).click();
  await page.waitForURL((url) => url.pathname === '/people');

  const again = await scene.visitor('again');
  await signInWith(again.page, 'sam@plenum.example', recovery[0]);
  await again.page.waitForURL((url) => url.pathname === '/');
}, { allow: [/the server responded with a status of 4(01|22)/] });

// The same in plain pages: the codes stand in the page that the form leads to, and not again.
scenario('two-factor authentication works without scripts', async (scene) => {
  const sam = await scene.person('sam', { javaScript: false });
  await settings(sam, false);
  const { app, recovery } = await turnOn(scene, sam.page, section(sam.page));
  assert.equal(recovery.length, 10);
  await sam.page.reload();
  assert.equal(await codes(sam.page).count(), 0, 'they are shown once');

  const { page } = await scene.visitor('elsewhere', { javaScript: false });
  await signInWith(page, 'sam@plenum.example', 'not a code');
  await part.alert(page, 'This code is not right').waitFor();
  assert.equal(new URL(page.url()).pathname, '/sign-in/code');
  await page.getByLabel('Code', { exact: true }).fill(await app.next());
  await part.signIn(page).click();
  await page.waitForURL((url) => url.pathname === '/');

  await settings(sam, false);
  const form = section(sam.page);
  await form.getByText('Turn off two-factor authentication').click();
  const inside = form.locator('details', { hasText: 'Turn off two-factor authentication' });
  await inside.getByLabel('Your password').fill(PASSWORD);
  await inside.getByLabel('Code', { exact: true }).fill(recovery[1]);
  await inside.getByRole('button', { name: 'Turn off', exact: true }).click();
  await form.getByText('Two-factor authentication is off.').waitFor();
});

// The admin demands it of organisers while Otto is signed in: his next page is the one that sets it up, and then he is where he wanted to go.
scenario('a role needs two-factor authentication', async (scene) => {
  const [admin, otto] = await scene.people('admin', 'otto');
  const from = admin.wire().here;
  await admin.page.goto('/admin/sign-ins');
  await admin.wire().connected({ from });
  const demanded = section(admin.page);
  await demanded.getByRole('checkbox', { name: 'Organiser' }).check();
  await demanded.getByRole('button', { name: 'Save' }).click();
  await demanded.getByRole('link', { name: 'Otto Lindqvist' }).waitFor();

  await otto.page.goto('/people');
  await otto.page.waitForURL(/\/sign-in\/set-up\?next=/);
  await otto.page.waitForLoadState('networkidle');
  assert.deepEqual(await audit(otto.page), []);
  await turnOn(scene, otto.page, otto.page.getByRole('main'));
  await otto.page.getByRole('link', { name: 'Continue' }).click();
  await otto.page.waitForURL((url) => url.pathname === '/people');
  await otto.page.getByRole('heading', { name: 'People', exact: true }).waitFor();
}, { allow: [/the server responded with a status of 401/] });
