// Plenum behind the proxies of docs/deployment.md, with their files in deploy/: pages, sockets and programs come through TLS, the server
// knows the real client, and what is too long is refused.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import Backend from 'pusher';
import { chromium } from 'playwright-core';

import { part, PASSWORD, signIn } from '../plenum.mjs';
import { Proxied } from '../proxies.mjs';
import { CHROMIUM } from '../scene.mjs';
import { APP, client, connected, join, next } from '../sdk.mjs';
import { forgetSeed } from '../server.mjs';
import { LiveWire } from '../wire.mjs';

const WITHIN = 120_000; // ms
const MIB = 1024 * 1024;
const FORM = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };

after(forgetSeed);

/** A test with each proxy before a server of its own. */
function behind(name, body) {
  for (const kind of ['caddy', 'nginx']) {
    test(`${kind}: ${name}`, { timeout: WITHIN }, async () => {
      const proxied = await Proxied.start(kind);
      try {
        await body(proxied);
      } finally {
        await proxied.dispose();
      }
    });
  }
}

// The socket's upgrade passes, and a backend's signed requests with their query and body as they were signed.
behind('pusher-js connects over wss and hears an event', async (proxied) => {
  const backend = new Backend({ ...APP, host: 'localhost', port: String(proxied.port), useTLS: true });
  const reader = client({ wsHost: 'localhost', wssPort: proxied.port, forceTLS: true, enabledTransports: ['ws'], sdk: backend });
  try {
    const channel = await join(await connected(reader), 'private-news');
    const arrived = next(channel, 'posted');
    const { status } = await backend.trigger('private-news', 'posted', { text: 'hällo' });
    assert.equal(status, 200);
    assert.deepEqual(await arrived, { text: 'hällo' });
  } finally {
    reader.disconnect();
  }
});

// What a client says of its own address does not count, and what is for this machine alone is not told through a proxy.
behind('the server knows the real client', async (proxied) => {
  const from = '127.0.0.2';
  const origin = { origin: proxied.origin, 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.7' };
  const body = new URLSearchParams({ email: 'sam@plenum.example', password: PASSWORD }).toString();
  const { status, headers } = await proxied.ask('POST', '/fn/people/sign_in', { headers: { ...FORM, ...origin }, body, from });
  assert.equal(status, 200);
  const [cookie, ...attributes] = headers['set-cookie'].find((line) => line.startsWith('__Host-plenum_sign_in=')).split('; ');
  assert.ok(attributes.includes('Secure') && attributes.includes('HttpOnly'), attributes.join());
  const settings = await proxied.ask('GET', '/fn/people/settings', { headers: { accept: 'application/json', cookie }, from });
  assert.deepEqual(JSON.parse(settings.text).sign_ins.map(({ address }) => address), [from]);

  assert.equal((await proxied.ask('GET', '/metrics')).status, 403);
  assert.equal((await proxied.ask('GET', '/api/v1/realtime/health')).status, 403);
  assert.deepEqual(JSON.parse((await proxied.ask('GET', '/api/v1/realtime/status')).text), { status: 'ok' });
  assert.match((await proxied.ask('GET', '/sign-in')).headers['strict-transport-security'], /max-age=31536000/);
});

// Beyond 256 KiB, a picture beyond 20 MiB: by Plenum or by the proxy; what fits passes.
behind('a body that is too long is refused with 413', async (proxied) => {
  const headers = { ...FORM, origin: proxied.origin };
  assert.equal((await proxied.ask('POST', '/fn/people/sign_in', { headers, size: 300 * 1024 })).status, 413);
  assert.equal((await proxied.ask('POST', '/events/1/picture', { headers, size: 22 * MIB })).status, 413);
  const fits = new URLSearchParams({ email: 'sam@plenum.example', password: 'x'.repeat(100 * 1024) }).toString();
  assert.notEqual((await proxied.ask('POST', '/fn/people/sign_in', { headers, body: fits })).status, 413);
});

// The cookie is for https alone, scripts run under the policy, and the page's own socket is open.
behind('a page signs in and is live', async (proxied) => {
  const browser = await chromium.launch(CHROMIUM);
  try {
    const profile = await browser.newContext({ baseURL: proxied.origin, ignoreHTTPSErrors: true });
    const page = await profile.newPage();
    const wire = new LiveWire(page);
    const errors = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await signIn(page, 'sam@plenum.example');
    const cookie = (await profile.cookies()).find(({ name }) => name === '__Host-plenum_sign_in');
    assert.deepEqual([cookie.secure, cookie.httpOnly, cookie.sameSite], [true, true, 'Lax']);
    await page.goto('/messages');
    await part.conversation(page, 'General').click();
    await page.waitForURL(/\/messages\/\d+/);
    await wire.subscribed(`private-conversation.${new URL(page.url()).pathname.split('/')[2]}`);
    await part.composer(page).fill('Through the proxy');
    await part.send(page).click();
    await part.message(page, 'Through the proxy').waitFor();
    assert.deepEqual(errors, []);
  } finally {
    await browser.close();
  }
});
