// Laravel's own client, unchanged, over pusher-js; Laravel's backend signs and publishes as the Node SDK does here.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import Echo from 'laravel-echo';

import { eventually } from '../harness.mjs';
import { backend, client, connected, stage, test } from '../sdk.mjs';

stage();

/** Laravel Echo over a client of somebody. */
const echo = (options = {}) => new Echo({ broadcaster: 'pusher', client: client(options) });
const echoOf = (id) => echo({ member: { user_id: id, user_info: { id, name: id } } });

test('Echo listens on public, private and encrypted channels, to names with and without a namespace', async () => {
  const sealed = backend({ encryptionMasterKeyBase64: randomBytes(32).toString('base64') });
  const [reader, writer] = [echo({ sdk: sealed }), echo()];
  await connected(writer.connector.pusher);
  for (const [open, name] of [['channel', 'orders'], ['private', 'private-orders'], ['encryptedPrivate', 'private-encrypted-orders']]) {
    const channel = reader[open]('orders');
    await new Promise((resolve) => channel.subscribed(resolve));
    const heard = new Promise((resolve) => channel.listen('OrderPaid', resolve));
    const named = new Promise((resolve) => channel.listen('.order.paid', resolve));
    const all = [];
    channel.listenToAll((event, data) => all.push([event, data]));
    await sealed.trigger(name, 'App\\Events\\OrderPaid', { id: 7 });
    await sealed.trigger(name, 'order.paid', { id: 8 });
    assert.deepEqual([await heard, await named], [{ id: 7 }, { id: 8 }]);
    await eventually(() => assert.equal(all.length, 2));
  }
  // toOthers: Laravel sends what Echo says its socket is.
  const others = [];
  reader.channel('orders').listen('.order.shipped', (data) => others.push(data));
  const atWriter = writer.channel('orders');
  await new Promise((resolve) => atWriter.subscribed(resolve));
  const told = new Promise((resolve) => atWriter.listen('.order.shipped', resolve));
  await backend().trigger('orders', 'order.shipped', 'to others', { socket_id: reader.socketId() });
  assert.equal(await told, 'to others');
  const again = new Promise((resolve) => reader.channel('orders').listen('.last', resolve));
  await backend().trigger('orders', 'last', {});
  await again;
  assert.deepEqual(others, [], 'who caused it does not hear it');
});

test('Echo whispers, and knows who is here, over several tabs', async () => {
  const [first, second, tab] = [echoOf('ines'), echoOf('omar'), echoOf('omar')];
  const here = await new Promise((resolve) => first.join('studio').here(resolve));
  assert.deepEqual(here.map(({ id }) => id), ['ines']);
  const log = [];
  first.join('studio').joining(({ id }) => log.push(`+${id}`)).leaving(({ id }) => log.push(`-${id}`));
  const whispered = new Promise((resolve) => first.join('studio').listenForWhisper('stroke', resolve));
  const listened = new Promise((resolve) => first.join('studio').listen('.saved', resolve));
  for (const other of [second, tab]) await new Promise((resolve) => other.join('studio').here(resolve));
  second.join('studio').whisper('stroke', { x: 1 });
  assert.deepEqual(await whispered, { x: 1 });
  await backend().trigger('presence-studio', 'saved', { by: 'omar' });
  assert.deepEqual(await listened, { by: 'omar' });
  assert.deepEqual(log, ['+omar'], 'two tabs are one person');
  second.leave('studio');
  tab.disconnect();
  await eventually(() => assert.deepEqual(log, ['+omar', '-omar']));
});

test('Echo is told that a subscription is refused', async () => {
  const forger = echo({ sdk: backend({ secret: 'guessed' }), member: { user_id: 'x' } });
  for (const open of [() => forger.private('orders'), () => forger.join('studio')]) {
    const refused = await new Promise((resolve) => open().error(resolve));
    assert.deepEqual([refused.type, refused.status], ['AuthError', 401]);
  }
});
