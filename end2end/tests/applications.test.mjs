// An admin gives another team an application, and looks after it: at /admin/applications, with the
// team's own client and backend at the other end.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';

import { violations } from '../axe.mjs';
import { eventually, scenario } from '../harness.mjs';
import { region } from '../plenum.mjs';
import { backend, client, connected, join, next, status } from '../sdk.mjs';

const PAGE = '/admin/applications';

/** A part of the page, by its heading. */
const button = (within, name) => within.getByRole('button', { name, exact: true });
/** A value that is there to be copied. */
const value = (within, name) => within.locator('.field').filter({ has: within.page().getByText(name, { exact: true }) }).locator('code');
const lineOf = (page, name) => region(page, 'Applications').getByRole('listitem').filter({ hasText: name });

/** The code of the next error of a client: of an open connection, or of one that is refused at once. */
const refusal = async (pusher) => {
  const { data, error } = await next(pusher.connection, 'error');
  return (data ?? error.data).code;
};

/** Loads the page anew, with its scripts. */
async function reload(person) {
  const from = person.wire().here;
  await person.page.reload();
  await person.wire().connected({ from });
}

scenario('an admin makes an application, a client connects, the secret is changed, and it ends', async (scene) => {
  const admin = await scene.person('admin');
  const { page } = admin;
  const open = async (path) => {
    const from = admin.wire().here;
    await page.goto(path);
    await admin.wire().connected({ from });
  };
  await open(PAGE);

  // The secret is shown once.
  const creating = region(page, 'New application');
  await creating.getByLabel('Name', { exact: true }).fill('Canteen');
  await button(creating, 'Create').click();
  await value(creating, 'Secret').waitFor();
  const [appId, key, secret] = await Promise.all(['App id', 'Key', 'Secret'].map((name) => value(creating, name).innerText()));
  assert.deepEqual(await violations(page), []);
  await reload(admin);
  await lineOf(page, 'Canteen').waitFor();
  assert.ok(!(await page.content()).includes(secret), 'the secret is nowhere any more');

  // A client of the team, and its backend.
  const port = scene.server.port;
  const asked = (of) => backend({ appId, key, secret: of, port: String(port) });
  const isTaken = async (of) => (await status(asked(of).get({ path: '/channels' }))) === 200;
  const pusher = await connected(client({ key, port, sdk: asked(secret) }));
  try {
    const channel = await join(pusher, 'private-menu');
    const posted = next(channel, 'posted');
    await asked(secret).trigger('private-menu', 'posted', { dish: 'soup' });
    assert.deepEqual(await posted, { dish: 'soup' });
    await reload(admin);
    await lineOf(page, 'Canteen').getByText('1 connection, 1 channel').waitFor();

    // Both secrets are valid, until the older one is ended.
    await lineOf(page, 'Canteen').getByRole('link', { name: 'Canteen' }).click();
    await page.waitForURL(/\?app=\d+$/);
    const path = page.url();
    const credentials = region(page, 'Canteen');
    await button(credentials, 'New secret').click();
    await value(credentials, 'Secret').waitFor();
    const fresh = await value(credentials, 'Secret').innerText();
    assert.deepEqual([await isTaken(secret), await isTaken(fresh)], [true, true]);
    await button(credentials, 'End the older secret').click();
    await button(credentials, 'New secret').waitFor();
    assert.deepEqual([await isTaken(secret), await isTaken(fresh)], [false, true]);

    // A webhook is told, and the record shows it.
    const hooks = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await once(hooks, 'listening');
    try {
      const webhooks = region(page, 'Webhooks');
      await webhooks.getByLabel('Address').fill(`http://127.0.0.1:${hooks.address().port}/hook`);
      await webhooks.getByLabel('channel_occupied').check();
      await button(webhooks, 'Add').click();
      await webhooks.getByRole('listitem').getByText('channel_occupied').waitFor();
      await join(pusher, 'desserts');
      await eventually(async () => {
        await open(path);
        const deliveries = region(page, 'Last deliveries').getByRole('listitem');
        assert.match((await deliveries.allInnerTexts()).join('\n'), /1 event, 1 attempt[^]*delivered \(200\)/);
      });
    } finally {
      hooks.close();
    }
    assert.deepEqual(await violations(page), []);

    // Switched off: who is there is sent away, and nobody is let in.
    const refused = refusal(pusher);
    const settings = region(page, 'Settings');
    await settings.getByRole('switch', { name: /^Switched on/ }).uncheck();
    await button(settings, 'Save').click();
    assert.equal(await refused, 4003);
    const late = client({ key, port, sdk: asked(fresh) });
    assert.equal(await refusal(late), 4003);
    late.disconnect();

    // Deleted, after a question.
    await open(path);
    await button(page, 'Delete the application').click();
    await button(page.getByRole('dialog'), 'Delete the application').click();
    await page.waitForURL((url) => url.pathname === PAGE && !url.search);
    await reload(admin);
    await lineOf(page, 'demo-key').waitFor();
    assert.equal(await lineOf(page, 'Canteen').count(), 0);
    const gone = client({ key, port, sdk: asked(fresh) });
    assert.equal(await refusal(gone), 4001);
    gone.disconnect();
  } finally {
    pusher.disconnect();
  }
});
