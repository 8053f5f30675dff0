// The clients and backends that teams have today, unchanged: pusher-js and the Node SDK
// against an external application of Plenum. Only host, port and key are other ones.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import recover from '../../public/plenum-recovery.js';
import { eventually } from '../harness.mjs';
import { APP, backend, client, connected, hooked, HOOKS, join, next, server, signIn, stage, status, test } from '../sdk.mjs';

stage();

test('a public event reaches every client but the one that caused it', async () => {
  const [first, second] = [await connected(client()), await connected(client())];
  const [atFirst, atSecond] = [await join(first, 'news'), await join(second, 'news')];
  const seen = [];
  atFirst.bind('posted', (data) => seen.push(data));
  const arrived = next(atSecond, 'posted');
  await backend().trigger('news', 'posted', { text: 'hällo' }, { socket_id: first.connection.socket_id });
  assert.deepEqual(await arrived, { text: 'hällo' });
  await backend().trigger(['news', 'other'], 'posted', 'to all');
  await eventually(() => assert.deepEqual(seen, ['to all']));
});

test('a private channel needs a signature, and a refusal is told', async () => {
  const channel = await join(client(), 'private-orders');
  const arrived = next(channel, 'App\\Events\\OrderPaid');
  await backend().trigger('private-orders', 'App\\Events\\OrderPaid', { id: 7 });
  assert.deepEqual(await arrived, { id: 7 });

  const forger = client({ sdk: backend({ secret: 'guessed' }) });
  const refused = await next(forger.subscribe('private-orders'), 'pusher:subscription_error');
  assert.deepEqual([refused.type, refused.status], ['AuthError', 401]);
  assert.equal(forger.connection.state, 'connected', 'the socket lives');
});

test('presence counts people, not tabs; numeric ids are people too', async () => {
  const ines = { user_id: 10, user_info: { name: 'Ines' } };
  const omar = { user_id: 'omar', user_info: { name: 'Omar' } };
  const watcher = await join(client({ member: omar }), 'presence-hall');
  const log = [];
  watcher.bind('pusher:member_added', (member) => log.push(`+${member.id}`));
  watcher.bind('pusher:member_removed', (member) => log.push(`-${member.id}`));
  const tabs = [client({ member: ines }), client({ member: ines })];
  const [first] = await Promise.all(tabs.map((tab) => join(tab, 'presence-hall')));
  assert.equal(first.members.count, 2);
  assert.deepEqual(first.members.get('10')?.info, { name: 'Ines' });
  assert.equal(String(first.members.me.id), '10');
  tabs[0].disconnect();
  const subscriptions = async () => (await (await backend().get({ path: '/channels/presence-hall', params: { info: 'subscription_count' } })).json()).subscription_count;
  await eventually(async () => assert.equal(await subscriptions(), 2));
  assert.deepEqual(log, ['+10'], 'one tab is still there');
  tabs[1].disconnect();
  await eventually(() => assert.deepEqual(log, ['+10', '-10']));
  const { users } = await (await backend().get({ path: '/channels/presence-hall/users' })).json();
  assert.deepEqual(users, [{ id: 'omar' }]);
});

test('client events go to the others on the channel, and to nobody who is not on it', async () => {
  const [lena, tom, stranger] = [client({ member: { user_id: 'lena' } }), client({ member: { user_id: 'tom' } }), await connected(client())];
  const [atLena, atTom] = [await join(lena, 'presence-desk'), await join(tom, 'presence-desk')];
  const whispered = new Promise((resolve) => atTom.bind('client-typing', (data, metadata) => resolve([data, metadata.user_id])));
  const echoed = [];
  atLena.bind('client-typing', (data) => echoed.push(data));
  assert.ok(atLena.trigger('client-typing', { at: 1 }));
  assert.deepEqual(await whispered, [{ at: 1 }, 'lena']);
  const intruding = [];
  atTom.bind('client-intrusion', (data) => intruding.push(data));
  const refused = next(stranger.connection, 'error');
  stranger.send_event('client-intrusion', {}, 'presence-desk');
  await refused;
  assert.deepEqual([echoed, intruding], [[], []]);
  const limited = next(lena.connection, 'error');
  for (let count = 0; count < 30; count += 1) atLena.trigger('client-typing', { count });
  assert.equal((await limited).data.code, 4301);
  assert.equal(lena.connection.state, 'connected');
});

test('encrypted channels are relayed unread', async () => {
  const sealed = backend({ encryptionMasterKeyBase64: randomBytes(32).toString('base64') });
  const pusher = client({ sdk: sealed });
  const channel = await join(pusher, 'private-encrypted-ward');
  const raw = [];
  pusher.connection.bind('message', (event) => raw.push(event));
  const arrived = next(channel, 'result');
  await sealed.trigger('private-encrypted-ward', 'result', { secret: 'fine' });
  assert.deepEqual(await arrived, { secret: 'fine' });
  assert.ok(!JSON.stringify(raw).includes('fine'), 'the server saw only the sealed payload');
});

test('a cache channel says that it has nothing, or what came last', async () => {
  const early = client();
  const missed = next(early.subscribe('cache-weather'), 'pusher:cache_miss');
  await missed;
  await backend().trigger('cache-weather', 'changed', { sky: 'grey' });
  await backend().trigger('cache-weather', 'changed', { sky: 'blue' });
  const late = client().subscribe('cache-weather');
  assert.deepEqual(await next(late, 'changed'), { sky: 'blue' });
  const described = await (await backend().get({ path: '/channels/cache-weather', params: { info: 'cache,subscription_count' } })).json();
  assert.equal(JSON.parse(described.cache.data).sky, 'blue');
  assert.deepEqual([described.occupied, described.subscription_count], [true, 2]);
});

test('private, presence and encrypted channels have caches too', async () => {
  const sdk = backend({ encryptionMasterKeyBase64: randomBytes(32).toString('base64') });
  for (const name of ['private-cache-a', 'presence-cache-a', 'private-encrypted-cache-a']) {
    await next(client({ sdk, member: { user_id: 1 } }).subscribe(name), 'pusher:cache_miss');
    await sdk.trigger(name, 'changed', { sky: 'blue' });
    assert.deepEqual(await next(client({ sdk, member: { user_id: 2 } }).subscribe(name), 'changed'), { sky: 'blue' });
  }
});

test('who has unsubscribed hears nothing more, and may come back', async () => {
  const pusher = client();
  const seen = [];
  const channel = await join(pusher, 'come-and-go');
  channel.bind('line', (line) => seen.push(line));
  await backend().trigger('come-and-go', 'line', 1);
  await eventually(() => assert.deepEqual(seen, [1]));
  channel.unsubscribe();
  // The server has read the first when it answers the second.
  await join(pusher, 'elsewhere');
  await backend().trigger('come-and-go', 'line', 2);
  await join(pusher, 'come-and-go');
  await backend().trigger('come-and-go', 'line', 3);
  await eventually(() => assert.deepEqual(seen, [1, 3]));
});

test('who subscribes is counted, if the application wants it', async () => {
  const admin = await signIn('admin');
  const { body: made } = await admin.ask('POST', '/fn/applications/create', { name: 'Counting' });
  const { id, settings } = (await admin.ask('GET', '/fn/applications/list')).body.find(({ app_id }) => app_id === made.app_id);
  await admin.ask('POST', '/fn/applications/update', { ...settings, id, origins: '', subscription_counts: true });
  const sdk = backend({ appId: made.app_id, key: made.key, secret: made.secret });
  const first = await join(client({ key: made.key, sdk }), 'counted');
  await eventually(() => assert.equal(first.subscriptionCount, 1));
  const second = client({ key: made.key, sdk });
  await join(second, 'counted');
  await eventually(() => assert.equal(first.subscriptionCount, 2));
  second.disconnect();
  await eventually(() => assert.equal(first.subscriptionCount, 1));
});

test('a signed-in user is written to, watched, and sent away', async () => {
  const watcher = await connected(client({ user: { id: 'watcher', watchlist: ['sam'] } }));
  watcher.signin();
  const online = new Promise((resolve) => watcher.user.watchlist.bind('online', ({ user_ids }) => resolve(user_ids)));
  await watcher.user.signinDonePromise;
  const sam = await connected(client({ user: { id: 'sam', user_info: { name: 'Sam' } } }));
  sam.signin();
  await sam.user.signinDonePromise;
  assert.deepEqual(await online, ['sam']);
  await eventually(() => assert.ok(sam.user.serverToUserChannel.subscribed));
  const written = next(sam.user, 'notice');
  await backend().sendToUser('sam', 'notice', { text: 'only for you' });
  assert.deepEqual(await written, { text: 'only for you' });
  const refused = new Promise((resolve) => {
    watcher.connection.bind('message', ({ event, channel, data }) => event === 'pusher:subscription_error' && resolve([channel, data.status]));
  });
  watcher.send_event('pusher:subscribe', { channel: '#server-to-user-sam', auth: '' });
  assert.deepEqual(await refused, ['#server-to-user-sam', 403]);
  const offline = new Promise((resolve) => watcher.user.watchlist.bind('offline', ({ user_ids }) => resolve(user_ids)));
  const closed = new Promise((resolve) => sam.connection.bind('error', ({ data }) => resolve(data?.code)));
  await backend().terminateUserConnections('sam');
  assert.equal(await closed, 4009);
  assert.deepEqual(await offline, ['sam']);
  assert.notEqual(sam.connection.state, 'connected');
});

test('batches, questions and refusals of the HTTP API', async () => {
  const channel = await join(client(), 'batch-a');
  const seen = [];
  channel.bind('one', (data) => seen.push(data));
  const answer = await backend().triggerBatch([
    { channel: 'batch-a', name: 'one', data: { n: 1 }, info: 'subscription_count' },
    { channel: 'batch-a', name: 'one', data: { n: 2 } },
  ]);
  assert.deepEqual((await answer.json()).batch[0], { subscription_count: 1 });
  const described = await backend().trigger(['batch-a', 'batch-b'], 'other', {}, { info: 'subscription_count' });
  assert.deepEqual((await described.json()).channels, { 'batch-a': { subscription_count: 1 }, 'batch-b': { subscription_count: 0 } });
  await eventually(() => assert.deepEqual(seen, [{ n: 1 }, { n: 2 }]));
  await join(client({ member: { user_id: 1 } }), 'presence-counted');
  const { channels } = await (await backend().get({ path: '/channels', params: { filter_by_prefix: 'presence-co', info: 'user_count' } })).json();
  assert.deepEqual(channels, { 'presence-counted': { user_count: 1 } });
  assert.equal(await status(backend().get({ path: '/channels', params: { info: 'user_count' } })), 400);
  assert.equal(await status(backend({ secret: 'guessed' }).get({ path: '/channels' })), 401);
  assert.equal(await status(backend({ appId: 'nobody' }).get({ path: '/channels' })), 404);
  assert.equal(await status(backend().post({ path: '/events', body: { name: 'big', channels: ['batch-a'], data: 'x'.repeat(10_001) } })), 413);
});

test('an old request cannot be sent again', async () => {
  const signed = backend().createSignedQueryString({ method: 'GET', path: `/apps/${APP.appId}/channels`, params: {} });
  assert.equal((await fetch(`${server.origin}/apps/${APP.appId}/channels?${signed}`)).status, 200);
  const realNow = Date.now;
  Date.now = () => realNow() - 601_000;
  const old = backend().createSignedQueryString({ method: 'GET', path: `/apps/${APP.appId}/channels`, params: {} });
  Date.now = realNow;
  const refused = await fetch(`${server.origin}/apps/${APP.appId}/channels?${old}`);
  assert.equal(refused.status, 401);
  assert.match(await refused.text(), /600 seconds/);
});

test('with the plugin a client that was away gets what it missed, or is told of the gap', async () => {
  const gaps = [];
  const pusher = await connected(client());
  recover(pusher, { onGap: (channel) => gaps.push(channel) });
  const channel = await join(pusher, 'log-a');
  const seen = [];
  channel.bind('line', (data) => seen.push(data));
  await backend().trigger('log-a', 'line', 1);
  await eventually(() => assert.deepEqual(seen, [1]));
  for (const lines of [[2, 3], [4]]) {
    pusher.disconnect();
    for (const line of lines) await backend().trigger('log-a', 'line', line);
    pusher.connect();
    await next(channel, 'pusher:subscription_succeeded');
  }
  await eventually(() => assert.deepEqual(seen, [1, 2, 3, 4]));
  assert.deepEqual(gaps, []);
  pusher.disconnect();
  for (let line = 0; line < 110; line += 1) await backend().trigger('log-a', 'line', 'more than is kept');
  pusher.connect();
  await eventually(() => assert.deepEqual(gaps, ['log-a']));
  assert.deepEqual(seen, [1, 2, 3, 4], 'all of it or nothing');
});

test('a person on another client joins the own channels by the own rules', async () => {
  const [ines, sam] = [await signIn('ines'), await signIn('sam')];
  const config = (await ines.ask('GET', '/broadcasting/config')).body.data;
  assert.deepEqual([config.key, config.port, config.user_id !== null], ['plenum', server.port, true]);
  const phone = (person) =>
    client({
      key: config.key,
      channelAuthorization: {
        customHandler: async ({ socketId, channelName }, done) => {
          const { ok, body } = await person.ask('POST', config.auth_endpoint, { socket_id: socketId, channel_name: channelName });
          done(ok ? null : new Error(body.detail), ok ? body : null);
        },
      },
      userAuthentication: {
        customHandler: async ({ socketId }, done) => {
          const { ok, body } = await person.ask('POST', config.user_auth_endpoint, { socket_id: socketId });
          done(ok ? null : new Error(body.detail), ok ? body : null);
        },
      },
    });
  const [atInes, atSam] = [phone(ines), phone(sam)];
  atInes.signin();
  await connected(atInes);
  await atInes.user.signinDonePromise;
  await eventually(() => assert.ok(atInes.user.serverToUserChannel.subscribed));
  const sidebar = (await ines.ask('GET', '/fn/messages/sidebar')).body.state.lines;
  const general = sidebar.find(({ conversation }) => conversation.general).conversation.id;
  const channel = await join(atInes, `private-conversation.${general}`);
  const arrived = next(channel, 'message.sent');
  await sam.ask('POST', '/fn/messages/send', { conversation: general, text: 'hello, phone' });
  assert.equal((await arrived).text, 'hello, phone');
  const here = await join(atInes, `presence-conversation.${general}`);
  assert.equal(String(here.members.me.id), config.user_id);
  const refused = await next(atSam.subscribe(`private-person.${config.user_id}`), 'pusher:subscription_error');
  assert.ok(refused, 'the auth endpoint refuses what is not theirs');
  // A signature for one socket is worth nothing on another.
  const stolen = (await ines.ask('POST', config.auth_endpoint, { socket_id: '1.1', channel_name: `private-conversation.${general}` })).body;
  const thief = await connected(client({ key: config.key, channelAuthorization: { customHandler: (_, done) => done(null, stolen) } }));
  assert.equal((await next(thief.subscribe(`private-conversation.${general}`), 'pusher:subscription_error')).status, 401);
  // Signing out ends it.
  await ines.ask('POST', '/fn/people/sign_out');
  await eventually(() => assert.notEqual(atInes.connection.state, 'connected'));
});

test('webhooks of every kind arrive, are verified by the SDK, and are tried again', async () => {
  const admin = await signIn('admin');
  const [app] = (await admin.ask('GET', '/fn/applications/list')).body.filter(({ app_id }) => app_id === APP.appId);
  const { received, close } = await hooked(admin, app, HOOKS.filter((name) => name !== 'subscription_count'), { refuse: 1 });
  try {
    const events = () =>
      received.flatMap((request) => {
        const webhook = backend().webhook(request);
        assert.ok(webhook.isValid(), 'the SDK takes its signature');
        assert.ok(!backend({ secret: 'guessed' }).webhook(request).isValid(), 'and only with this secret');
        assert.equal(request.headers['content-type'], 'application/json');
        assert.ok(Math.abs(webhook.getTime() - Date.now()) < 300_000);
        return webhook.getEvents();
      });
    const pusher = client({ member: { user_id: 'ines' } });
    const channel = await join(pusher, 'presence-cache-hooked');
    assert.ok(channel.trigger('client-note', { a: 1 }));
    await eventually(() => assert.ok(events().some(({ name }) => name === 'client_event')));
    pusher.disconnect();
    const expected = new Set(HOOKS.filter((name) => name !== 'subscription_count'));
    await eventually(() => assert.deepEqual(new Set(events().map(({ name }) => name)), expected));
    const whisper = events().find(({ name }) => name === 'client_event');
    assert.deepEqual([whisper.user_id, whisper.event, JSON.parse(whisper.data)], ['ines', 'client-note', { a: 1 }]);
    const { body: deliveries } = await admin.ask('GET', `/fn/applications/deliveries?id=${app.id}`);
    assert.ok(deliveries.some(({ attempts, status }) => attempts === 2 && status === 200), JSON.stringify(deliveries));
  } finally {
    close();
  }
});
