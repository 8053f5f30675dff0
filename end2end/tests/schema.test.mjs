// A page that was loaded before a deployment changed what live events look like.

import assert from 'node:assert/strict';

import { eventually, scenario } from '../harness.mjs';
import { blockCommands, markDocument, messagesOf, openConversation, part, sameDocument, send, signIn } from '../plenum.mjs';
import { interceptSockets } from '../wire.mjs';

// The server answers a reconnect with another `live_schema`: the page reloads by itself, and
// neither what waits in its queue nor what is half written is lost.
scenario('another live schema reloads the page and keeps queue and draft', async (scene) => {
  const lena = await scene.visitor('lena');
  const sockets = await interceptSockets(lena.page);
  await signIn(lena.page, 'lena@plenum.example');
  await openConversation(lena.page, 'General');
  await eventually(() => assert.ok(sockets.established > 0, 'the page is connected'));
  await markDocument(lena.page);
  scene.networkMayFail();

  const unblock = await blockCommands(lena.profile);
  await send(lena.page, 'schema-1');
  await eventually(async () => assert.deepEqual((await messagesOf(lena.page, 'schema')).pending, ['schema-1']));
  await part.composer(lena.page).pressSequentially('half a sentence');

  sockets.reconnect((greeting) => (greeting.live_schema = another(greeting.live_schema)));
  await eventually(async () => assert.equal(await sameDocument(lena.page), false, 'the page has been loaded again'), { within: 40_000 });
  await part.log(lena.page).waitFor({ state: 'attached' });
  await eventually(async () => assert.equal(await part.composer(lena.page).inputValue(), 'half a sentence'));
  await eventually(async () => assert.deepEqual(await messagesOf(lena.page, 'schema'), { sent: [], pending: ['schema-1'] }));

  await unblock();
  await eventually(
    async () => assert.deepEqual(await messagesOf(lena.page, 'schema'), { sent: ['schema-1'], pending: [] }),
    { within: 40_000 },
  );
});

function another(schema) {
  assert.ok(schema !== undefined, 'connection_established carries live_schema');
  return typeof schema === 'number' ? schema + 1 : `${schema}-another`;
}
