// The clients and backends that teams have today, unchanged: pusher-js, laravel-echo and the Node SDK
// against an external application of Plenum. Only host, port and key are other ones.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import Echo from 'laravel-echo';
import Backend from 'pusher';
import PusherJs from 'pusher-js';

import recover from '../../public/plenum-recovery.js';
import { eventually } from '../harness.mjs';
import { PASSWORD } from '../plenum.mjs';
import { forgetSeed, Server } from '../server.mjs';

const APP = { appId: 'plenum-demo', key: 'demo-key', secret: 'demo-secret' };
const WITHIN = 10_000; // ms that anything may take

let server;
const open = new Set();

before(async () => {
  server = await Server.start();
});
after(async () => {
  for (const client of open) client.disconnect();
  await server.dispose();
  await forgetSeed();
});

/** The backend's SDK, as a team sets it up. */
const backend = (more = {}) => new Backend({ ...APP, host: '127.0.0.1', port: String(server.port), useTLS: false, ...more });

/** A client of somebody: `member` is what the backend says of them on presence channels, `user` who signs in. */
function client({ key = APP.key, member, user, sdk = backend(), ...more } = {}) {
  const pusher = new PusherJs(key, {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: server.port,
    forceTLS: false,
    enabledTransports: ['ws'],
    disableStats: true,
    channelAuthorization: {
      customHandler: ({ socketId, channelName }, done) => {
        try {
          done(null, sdk.authorizeChannel(socketId, channelName, channelName.startsWith('presence-') ? member : undefined));
        } catch (error) {
          done(error, null);
        }
      },
    },
    userAuthentication: { customHandler: ({ socketId }, done) => done(null, sdk.authenticateUser(socketId, user)) },
    ...more,
  });
  open.add(pusher);
  return pusher;
}

/** The next event of that name, or a failure. */
function next(source, name, within = WITHIN) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${name} within ${within} ms`)), within);
    source.bind(name, function seen(data) {
      clearTimeout(timer);
      source.unbind(name, seen);
      resolve(data);
    });
  });
}

const connected = async (pusher) => {
  if (pusher.connection.state !== 'connected') await next(pusher.connection, 'connected');
  return pusher;
};

async function join(pusher, name) {
  const channel = pusher.subscribe(name);
  if (!channel.subscribed) await next(channel, 'pusher:subscription_succeeded');
  return channel;
}

const status = async (promise) => {
  try {
    return (await promise).status;
  } catch (error) {
    return error.status;
  }
};

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
  await sleep(300);
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
  for (let count = 0; count < 12; count += 1) atLena.trigger('client-typing', { count });
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
  await backend().terminateUserConnections('sam');
  assert.deepEqual(await offline, ['sam']);
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
  await eventually(() => assert.deepEqual(seen, [{ n: 1 }, { n: 2 }]));
  await join(client({ member: { user_id: 1 } }), 'presence-counted');
  const { channels } = await (await backend().get({ path: '/channels', params: { filter_by_prefix: 'presence-c', info: 'user_count' } })).json();
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

test('Echo listens, whispers, and knows who is here', async () => {
  const echo = (id) =>
    new Echo({ broadcaster: 'pusher', client: client({ member: { user_id: id, user_info: { id, name: id } } }) });
  const [first, second] = [echo('ines'), echo('omar')];
  const here = await new Promise((resolve) => first.join('studio').here(resolve));
  assert.deepEqual(here.map(({ id }) => id), ['ines']);
  const joining = new Promise((resolve) => first.join('studio').joining(resolve));
  const whispered = new Promise((resolve) => first.join('studio').listenForWhisper('stroke', resolve));
  const listened = new Promise((resolve) => first.join('studio').listen('.saved', resolve));
  await new Promise((resolve) => second.join('studio').here(resolve));
  assert.equal((await joining).id, 'omar');
  second.join('studio').whisper('stroke', { x: 1 });
  assert.deepEqual(await whispered, { x: 1 });
  await backend().trigger('presence-studio', 'saved', { by: 'omar' });
  assert.deepEqual(await listened, { by: 'omar' });
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

test('webhooks arrive, are verified by the SDK, and are tried again', async () => {
  const received = [];
  let refusals = 1; // the first request is refused: it must come again
  const hooks = createServer((request, response) => {
    let rawBody = '';
    request.on('data', (part) => (rawBody += part));
    request.on('end', () => {
      response.statusCode = refusals > 0 ? 503 : 200;
      refusals -= 1;
      if (response.statusCode === 200) received.push({ headers: request.headers, rawBody });
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(hooks, 'listening');
  try {
    const admin = await signIn('admin');
    const [app] = (await admin.ask('GET', '/fn/applications/list')).body.filter(({ app_id }) => app_id === APP.appId);
    await admin.ask('POST', '/fn/applications/add_webhook', {
      id: app.id,
      url: `http://127.0.0.1:${hooks.address().port}/hook`,
      'events[0]': 'channel_occupied',
      'events[1]': 'channel_vacated',
      'events[2]': 'member_added',
      'events[3]': 'client_event',
    });
    const events = () =>
      received.flatMap((request) => {
        const webhook = backend().webhook(request);
        assert.ok(webhook.isValid(), 'the SDK takes its signature');
        assert.equal(request.headers['content-type'], 'application/json');
        return webhook.getEvents();
      });
    const pusher = client({ member: { user_id: 'ines' } });
    const channel = await join(pusher, 'presence-hooked');
    assert.ok(channel.trigger('client-note', { a: 1 }));
    await eventually(() => assert.ok(received.length > 0 && events().some(({ name }) => name === 'client_event')), { within: 20_000 });
    pusher.disconnect();
    await eventually(
      () => assert.deepEqual(new Set(events().map(({ name }) => name)), new Set(['channel_occupied', 'member_added', 'client_event', 'channel_vacated'])),
      { within: 20_000 },
    );
    const whisper = events().find(({ name }) => name === 'client_event');
    assert.deepEqual([whisper.user_id, whisper.event, JSON.parse(whisper.data)], ['ines', 'client-note', { a: 1 }]);
    const { body: deliveries } = await admin.ask('GET', `/fn/applications/deliveries?id=${app.id}`);
    assert.ok(deliveries.some(({ attempts, status }) => attempts === 2 && status === 200), JSON.stringify(deliveries));
  } finally {
    hooks.close();
  }
});

/** Somebody who has signed in, as a page of theirs asks. */
async function signIn(name) {
  const request = (cookie) => async (method, path, values) => {
    const answer = await fetch(server.origin + path, {
      method,
      headers: { origin: server.origin, accept: 'application/json', cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: method === 'POST' ? new URLSearchParams(values).toString() : undefined,
    });
    return { ok: answer.ok, status: answer.status, body: await answer.json().catch(() => null), cookies: answer.headers.getSetCookie() };
  };
  const { cookies } = await request('')('POST', '/fn/people/sign_in', { email: `${name}@plenum.example`, password: PASSWORD });
  const [cookie] = cookies.find((header) => header.startsWith('plenum_sign_in=')).split(';');
  return { ask: request(cookie) };
}
