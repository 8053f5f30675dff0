// A backend in Python, unchanged: all that the official SDK can do, with pusher-js at the other end.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after } from 'node:test';

import { eventually } from '../harness.mjs';
import { Python } from '../python.mjs';
import { client, connected, hooked, HOOKS, join, next, server, signIn, stage, test } from '../sdk.mjs';

let admin;
let app; // as the list of applications shows it
let made; // its id, key and secret
let python;

stage(async () => {
  // An application of its own: the SDK takes ids of digits only, which Plenum makes and the demonstration's is not.
  admin = await signIn('admin');
  made = (await admin.ask('POST', '/fn/applications/create', { name: 'In Python' })).body;
  app = (await admin.ask('GET', '/fn/applications/list')).body.find(({ app_id }) => app_id === made.app_id);
  await admin.ask('POST', '/fn/applications/update', { ...app.settings, id: app.id, origins: '', subscription_counts: true });
  python = new Python({
    app_id: made.app_id,
    key: made.key,
    secret: made.secret,
    host: '127.0.0.1',
    port: server.port,
    ssl: false,
    encryption_master_key_base64: randomBytes(32).toString('base64'),
  });
});
after(() => python?.end());

/** A client whose backend is the Python one. */
const reader = ({ member, user } = {}) =>
  client({
    key: made.key,
    sdk: {
      authorizeChannel: (socketId, channel, data) => python.call('authenticate', [channel, socketId], data ? { custom_data: data } : {}),
      authenticateUser: (socketId, data) => python.call('authenticate_user', [socketId, data]),
    },
    member,
    user,
  });

test('trigger reaches one and many channels, and not the socket that caused it', async () => {
  const [first, second] = [await connected(reader()), await connected(reader())];
  const [news, alsoNews, other] = [await join(first, 'news'), await join(second, 'news'), await join(second, 'other')];
  const seen = [];
  news.bind('posted', (data) => seen.push(data));
  const arrived = next(alsoNews, 'posted');
  await python.call('trigger', ['news', 'posted', { text: 'hällo' }, first.connection.socket_id]);
  assert.deepEqual(await arrived, { text: 'hällo' });
  const both = [next(alsoNews, 'posted'), next(other, 'posted')];
  await python.call('trigger', [['news', 'other'], 'posted', 'to all']);
  assert.deepEqual(await Promise.all(both), ['to all', 'to all']);
  await eventually(() => assert.deepEqual(seen, ['to all'], 'toOthers'));
});

test('trigger_batch sends several events, in order', async () => {
  const pusher = reader();
  const seen = [];
  for (const name of ['batch-a', 'batch-b']) (await join(pusher, name)).bind_global((event, data) => seen.push([name, event, data]));
  await python.call('trigger_batch', [[
    { channel: 'batch-a', name: 'one', data: { n: 1 } },
    { channel: 'batch-b', name: 'two', data: 'text' },
    { channel: 'batch-a', name: 'three', data: { n: 3 } },
  ]]);
  const sent = () => seen.filter(([, event]) => !event.startsWith('pusher'));
  await eventually(() => assert.deepEqual(sent(), [['batch-a', 'one', { n: 1 }], ['batch-b', 'two', 'text'], ['batch-a', 'three', { n: 3 }]]));
});

test('authenticate signs private, presence and encrypted channels', async () => {
  const [ines, omar] = [reader({ member: { user_id: 10, user_info: { name: 'Ines' } } }), reader({ member: { user_id: 'omar' } })];
  const secret = await join(ines, 'private-orders');
  const paid = next(secret, 'paid');
  await python.call('trigger', ['private-orders', 'paid', { id: 7 }]);
  assert.deepEqual(await paid, { id: 7 });

  const hall = await join(ines, 'presence-hall');
  const joined = next(hall, 'pusher:member_added');
  await join(omar, 'presence-hall');
  assert.equal((await joined).id, 'omar');
  assert.deepEqual([String(hall.members.me.id), hall.members.count], ['10', 2]);
  const { users } = await python.call('users_info', ['presence-hall']);
  assert.deepEqual(users.map(({ id }) => id).sort(), ['10', 'omar'], 'numeric ids are people too');

  const ward = await join(ines, 'private-encrypted-ward');
  const raw = [];
  ines.connection.bind('message', (event) => raw.push(event));
  const result = next(ward, 'result');
  await python.call('trigger', ['private-encrypted-ward', 'result', { secret: 'fine' }]);
  assert.deepEqual(await result, { secret: 'fine' });
  assert.ok(!JSON.stringify(raw).includes('fine'), 'the server saw only the sealed payload');
});

test('channels_info and channel_info tell who is where', async () => {
  const [first, second] = [reader({ member: { user_id: 1 } }), reader({ member: { user_id: 1 } })];
  for (const pusher of [first, second]) await join(pusher, 'presence-asked');
  await next(first.subscribe('cache-asked'), 'pusher:cache_miss');
  await python.call('trigger', ['cache-asked', 'changed', { sky: 'grey' }]);
  assert.deepEqual(await python.call('channels_info', ['presence-as', ['user_count']]), { channels: { 'presence-asked': { user_count: 1 } } });
  assert.ok('cache-asked' in (await python.call('channels_info')).channels);
  assert.deepEqual(await python.call('channel_info', ['presence-asked', ['user_count', 'subscription_count']]), {
    occupied: true,
    user_count: 1,
    subscription_count: 2,
  });
  const { cache } = await python.call('channel_info', ['cache-asked', ['cache']]);
  assert.deepEqual(JSON.parse(cache.data), { sky: 'grey' });
  assert.deepEqual(await python.call('channel_info', ['nobody-here']), { occupied: false });
});

test('authenticate_user signs in, a user is written to, and terminate_user_connections sends them away', async () => {
  const sam = await connected(reader({ user: { id: 'sam', user_info: { name: 'Sam' } } }));
  sam.signin();
  await sam.user.signinDonePromise;
  await eventually(() => assert.ok(sam.user.serverToUserChannel.subscribed));
  const written = next(sam.user, 'notice');
  await python.call('trigger', ['#server-to-user-sam', 'notice', { text: 'only for you' }]);
  assert.deepEqual(await written, { text: 'only for you' });
  // This SDK leaves the application's id out of the path; the key that is signed with says which one it is.
  const closed = new Promise((resolve) => sam.connection.bind('error', ({ data }) => resolve(data?.code)));
  await python.call('terminate_user_connections', ['sam']);
  assert.equal(await closed, 4009);
});

test('what is refused is an exception of the SDK', async () => {
  const refused = (method, args, settings) =>
    python.call(method, args, {}, settings).then(() => assert.fail(`${method} was not refused`), ({ name }) => name);
  assert.equal(await refused('trigger', ['news', 'posted', {}], { secret: 'guessed' }), 'PusherBadAuth');
  assert.equal(await refused('terminate_user_connections', ['sam'], { secret: 'guessed' }), 'PusherBadAuth');
  assert.equal(await refused('terminate_user_connections', ['sam'], { key: 'guessed' }), 'PusherBadStatus', 'no application has this key');
  assert.equal(await refused('channels_info', [], { app_id: '999' }), 'PusherBadStatus');
  assert.equal(await refused('channels_info', ['news', ['user_count']]), 'PusherBadRequest');
  assert.equal(await refused('trigger', ['news', 'posted', 'x'.repeat(10_001)]), 'PusherBadStatus', '413');
});

test('validate_webhook takes every kind that the server delivers, and no other', async () => {
  const { received, close } = await hooked(admin, app, HOOKS);
  try {
    const pusher = reader({ member: { user_id: 10 } });
    const channel = await join(pusher, 'presence-cache-hooked');
    assert.ok(channel.trigger('client-note', { a: 1 }));
    await join(pusher, 'hooked');
    const kinds = async () => {
      const found = new Set();
      for (const { headers, rawBody } of received) {
        const [key, signature] = [headers['x-pusher-key'], headers['x-pusher-signature']];
        const valid = await python.call('validate_webhook', [key, signature, rawBody]);
        assert.ok(valid, 'the SDK takes its signature');
        assert.equal(await python.call('validate_webhook', [key, signature, `${rawBody} `]), null, 'a changed body');
        for (const { name } of valid.events) found.add(name);
      }
      return found;
    };
    await eventually(async () => assert.ok((await kinds()).has('client_event')));
    pusher.disconnect();
    await eventually(async () => assert.deepEqual([...(await kinds())].sort(), [...HOOKS].sort()));
  } finally {
    close();
  }
});
