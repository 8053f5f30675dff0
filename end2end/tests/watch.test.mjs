// An admin watches over what is live: who is on which channel, what passes; and an application's console.

import assert from 'node:assert/strict';

import PusherJs from 'pusher-js';

import { eventually, scenario } from '../harness.mjs';
import { openConversation, send } from '../plenum.mjs';

const row = (page, channel) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: channel, exact: true }) });

// A conversation that Lena opens stands in the admin's list within seconds, with its last event when she writes,
// and is gone when she leaves; after `kill -9` the list goes on by itself.
scenario('live channels show who listens and what passes, as it happens', async (scene) => {
  const [admin, lena] = await scene.people('admin', 'lena');
  await admin.page.goto('/admin/channels');
  const general = await openConversation(lena.page, 'General', lena.wire());
  const channel = row(admin.page, `private-conversation.${general}`);
  await channel.waitFor();
  await send(lena.page, 'a word that is not shown to whoever watches');
  await channel.getByText(/message\.sent|pointer\.moved/).waitFor();
  assert.doesNotMatch(await admin.page.locator('main').innerText(), /a word that is not shown/);

  const from = admin.wire().here;
  await scene.kill();
  await scene.restart();
  await admin.wire().connected({ from });
  await channel.waitFor({ timeout: 40_000 });
  await lena.profile.close();
  await channel.waitFor({ state: 'detached', timeout: 60_000 });
});

// The console of an application: what its sockets do, a test event that reaches a client; paused, nothing is added.
scenario('a console shows what passes on an application, and sends a test event', async (scene) => {
  const admin = await scene.person('admin');
  const { page } = admin;
  await page.goto('/admin/channels');
  await page.getByRole('navigation', { name: 'Whose channels' }).getByRole('link', { name: 'plenum-demo' }).click();
  await page.getByRole('heading', { name: 'Console' }).waitFor();
  const shown = page.getByRole('list', { name: 'Console' });
  const app = new URL(page.url()).searchParams.get('app');
  await admin.wire().subscribed(`private-application.${app}`);

  const client = new PusherJs('demo-key', {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: scene.server.port,
    forceTLS: false,
    enabledTransports: ['ws'],
    disableStats: true,
  });
  try {
    // The tap opens a moment after the page follows it.
    await eventually(async () => {
      client.unsubscribe('news');
      client.subscribe('news');
      await shown.getByText('news').first().waitFor({ timeout: 2_000 });
    });
    await row(page, 'news').waitFor();
    const got = new Promise((resolve) => client.channel('news').bind('moved', resolve));
    await page.getByLabel('Channel', { exact: true }).fill('news');
    await page.getByLabel('Event', { exact: true }).fill('moved');
    await page.getByLabel('Data').fill('{"seat":7}');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    assert.deepEqual(await got, { seat: 7 });
    await page.getByText('Sent.').waitFor();
    await shown.getByText('{"seat":7}').waitFor();

    await page.getByRole('button', { name: 'Pause' }).click();
    const before = await shown.getByRole('listitem').count();
    client.subscribe('other');
    await row(page, 'other').waitFor();
    assert.equal(await shown.getByRole('listitem').count(), before);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('Nothing has passed').waitFor();
  } finally {
    client.disconnect();
  }
});
