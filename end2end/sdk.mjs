// What the tests of other people's SDKs stand on: a server with an external application, clients and
// backends of it as a team sets them up, and a place where webhooks arrive. One server a test file.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test as testOf } from 'node:test';

import Backend from 'pusher';
import PusherJs from 'pusher-js';

import { PASSWORD } from './plenum.mjs';
import { forgetSeed, Server } from './server.mjs';

/** The external application of the demonstration. */
export const APP = { appId: 'plenum-demo', key: 'demo-key', secret: 'demo-secret' };
const WITHIN = 10_000; // ms that anything may take
const TEST_WITHIN = 60_000;

/** The server of this file's tests, from the first of them on. */
export let server;
const open = new Set();

/** A test that fails if something that it waits for does not come. */
export const test = (name, body) => testOf(name, { timeout: TEST_WITHIN }, body);

/** Starts the server before a file's tests, and prepares what they need; closes clients and server after them. */
export function stage(prepare = () => {}) {
  before(async () => {
    server = await Server.start();
    await prepare();
  });
  after(async () => {
    for (const client of open) client.disconnect();
    await server?.dispose();
    await forgetSeed();
  });
}

/** The backend's SDK, as a team sets it up. */
export const backend = (more = {}) =>
  new Backend({ ...APP, host: '127.0.0.1', port: String(server?.port), useTLS: false, ...more });

/** A client of somebody: `member` is what the backend says of them on presence channels, `user` who signs in. */
export function client({ key = APP.key, port = server?.port, member, user, sdk = backend(), ...more } = {}) {
  const authorize = async ({ socketId, channelName }) =>
    sdk.authorizeChannel(socketId, channelName, channelName.startsWith('presence-') ? member : undefined);
  const authenticate = async ({ socketId }) => sdk.authenticateUser(socketId, user);
  const answer = (asking, done) => asking.then((auth) => done(null, auth), (error) => done(error, null));
  const pusher = new PusherJs(key, {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: port,
    forceTLS: false,
    enabledTransports: ['ws'],
    disableStats: true,
    channelAuthorization: { customHandler: (asked, done) => answer(authorize(asked), done) },
    userAuthentication: { customHandler: (asked, done) => answer(authenticate(asked), done) },
    ...more,
  });
  open.add(pusher);
  return pusher;
}

/** The next event of that name, or a failure. */
export function next(source, name, within = WITHIN) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${name} within ${within} ms`)), within);
    source.bind(name, function seen(data) {
      clearTimeout(timer);
      source.unbind(name, seen);
      resolve(data);
    });
  });
}

/** The client, once it is connected. */
export async function connected(pusher) {
  if (pusher.connection.state !== 'connected') await next(pusher.connection, 'connected');
  return pusher;
}

/** The channel, once the client is subscribed to it. */
export async function join(pusher, name) {
  const channel = pusher.subscribe(name);
  if (!channel.subscribed) await next(channel, 'pusher:subscription_succeeded');
  return channel;
}

/** The status of an answer, or of the error that an SDK made of it. */
export async function status(promise) {
  try {
    return (await promise).status;
  } catch (error) {
    return error.status;
  }
}

/** Somebody who has signed in to Plenum itself, as a page of theirs asks. */
export async function signIn(name) {
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

/** Every kind of webhook that there is. */
export const HOOKS = [
  'channel_occupied', 'channel_vacated', 'member_added', 'member_removed', 'client_event', 'cache_miss', 'subscription_count',
];

/**
 * A backend's own server, which webhooks of `app` (a row of the list of applications) are sent to from here on.
 * `received` are the requests that it took; `refuse` is how many it refuses before.
 */
export async function hooked(admin, app, events, { refuse = 0 } = {}) {
  const received = [];
  const hooks = createServer((request, response) => {
    let rawBody = '';
    request.on('data', (part) => (rawBody += part));
    request.on('end', () => {
      response.statusCode = refuse > 0 ? 503 : 200;
      refuse -= 1;
      if (response.statusCode === 200) received.push({ headers: request.headers, rawBody });
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(hooks, 'listening');
  const fields = events.map((name, index) => [`events[${index}]`, name]);
  const url = `http://127.0.0.1:${hooks.address().port}/hook`;
  await admin.ask('POST', '/fn/applications/add_webhook', { id: app.id, url, ...Object.fromEntries(fields) });
  return { received, close: () => hooks.close() };
}
