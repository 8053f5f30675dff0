// Coming back to a page: after a deployment, with the browser's back button, on a narrow screen
// without a line.

import assert from 'node:assert/strict';

import { chromium } from 'playwright-core';

import { eventually, scenario } from '../harness.mjs';
import { markDocument, messagesOf, openConversation, part, sameDocument, send, signIn } from '../plenum.mjs';
import { CHROMIUM } from '../scene.mjs';
import { interceptSockets } from '../wire.mjs';

// The server answers a reconnect with another `build`: the page says so and goes on as it is; the
// next way to another page loads that page from the server.
scenario('another build is loaded at the next navigation', async (scene) => {
  const [lena, tom] = [await scene.visitor('lena'), await scene.person('tom')];
  const sockets = await interceptSockets(lena.page);
  await signIn(lena.page, 'lena@plenum.example');
  await openConversation(lena.page, 'General');
  await openConversation(tom.page, 'General', tom.wire());
  await eventually(() => assert.ok(sockets.established > 0, 'the page is connected'));
  await markDocument(lena.page);
  scene.networkMayFail();

  sockets.reconnect((greeting) => (greeting.build = 'another'));
  await part.banner(lena.page).getByText('Plenum was updated.').waitFor({ timeout: 30_000 });
  await send(tom.page, 'build-1');
  await part.message(lena.page, 'build-1').waitFor();
  await part.composer(lena.page).pressSequentially('half a sentence');
  assert.ok(await sameDocument(lena.page), 'nothing is loaded while somebody writes');

  const main = lena.page.getByRole('navigation', { name: 'Main' });
  await main.getByRole('link', { name: 'People' }).click();
  await eventually(async () => assert.equal(await sameDocument(lena.page), false, 'the page was loaded anew'));
  await lena.page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
  await eventually(async () => assert.equal(await part.banner(lena.page).getAttribute('data-state'), 'connected'));
  await markDocument(lena.page);
  await main.getByRole('link', { name: /^Messages/ }).click();
  await part.conversation(lena.page, 'General').click();
  await eventually(async () => assert.equal(await part.composer(lena.page).inputValue(), 'half a sentence'));
  assert.ok(await sameDocument(lena.page), 'once is enough');
});

// Back and forward within the pages: each is live again, with what was said meanwhile.
scenario('back and forward lead to live pages', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  const id = await openConversation(lena.page, 'General', lena.wire());
  await openConversation(tom.page, 'General', tom.wire());
  await markDocument(lena.page);
  await lena.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'People' }).click();
  await lena.page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
  await send(tom.page, 'back-1');
  await part.message(tom.page, 'back-1').waitFor();
  let from = lena.wire().here;
  await lena.page.goBack();
  await part.message(lena.page, 'back-1').waitFor();
  await lena.wire().subscribed(`private-conversation.${id}`, { from });
  await send(tom.page, 'back-2');
  await part.message(lena.page, 'back-2').waitFor();
  await lena.page.goForward();
  await lena.page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
  from = lena.wire().here;
  await lena.page.goBack();
  await part.message(lena.page, 'back-2').waitFor();
  assert.deepEqual(await messagesOf(lena.page, 'back'), { sent: ['back-1', 'back-2'], pending: [] });
  assert.ok(await sameDocument(lena.page));
});

// Back from another site: as the page is served (no-store) the browser loads it again; a browser that
// puts it aside whole all the same (back/forward cache) shows it as it was. Either way, what was said
// meanwhile is there, and it goes on live.
for (const aside of [false, true]) {
  scenario(`back from another site leads to a live page: ${aside ? 'put aside' : 'loaded again'}`, async (scene) => {
    const tom = await scene.person('tom');
    await openConversation(tom.page, 'General', tom.wire());
    const browser = await chromium.launch({
      ...CHROMIUM,
      args: [...CHROMIUM.args, '--disable-features=LocalNetworkAccessChecks'], // a document that a test has changed counts as from elsewhere
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    });
    try {
      const page = await browser.newPage({ baseURL: scene.server.origin });
      const errors = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      await signIn(page, 'lena@plenum.example');
      const said = [];
      const say = async () => {
        const text = `aside-${said.length + 1}`;
        await send(tom.page, text);
        await part.message(tom.page, text).waitFor();
        said.push(text);
        return text;
      };
      let kept;
      // Whether a page is put aside is for the browser to decide each time; that it never is would be the page's fault.
      for (let visit = 1; visit <= (aside ? 5 : 1) && kept !== aside; visit += 1) {
        if (aside) await page.route(tom.page.url(), storable);
        await page.goto(tom.page.url());
        await part.message(page, await say()).waitFor();
        await part.composer(page).fill('a draft');
        await markDocument(page);
        await page.unrouteAll();
        await page.waitForLoadState('networkidle');
        await page.goto(`${scene.server.origin}/healthz`);
        const gone = await say();
        // A page from the cache is not loaded, which is what Playwright waits for.
        await page.goBack({ waitUntil: 'commit', timeout: 3_000 }).catch(() => {});
        await part.message(page, gone).waitFor();
        kept = await sameDocument(page);
      }
      assert.equal(kept, aside, await reasons(page));
      await part.message(page, await say()).waitFor();
      assert.deepEqual(await messagesOf(page, 'aside'), { sent: said, pending: [] });
      assert.equal(await part.composer(page).inputValue(), 'a draft');
      await send(page, 'aside-answer');
      await part.message(tom.page, 'aside-answer').waitFor();
      assert.deepEqual(errors, []);
    } finally {
      await browser.close();
    }
  });
}

// Why the browser did not put the page aside, as it says itself.
async function reasons(page) {
  return page.evaluate(() => `not put aside: ${JSON.stringify(performance.getEntriesByType('navigation')[0]?.notRestoredReasons)}`);
}

// The document as the server gives it, but a browser may keep it.
async function storable(route) {
  const response = await route.fetch();
  const { 'cache-control': _, ...headers } = response.headers();
  await route.fulfill({ response, headers });
}

// On a phone the offline banner takes room from the log: one's own pending message stays in sight.
scenario('a pending message stays above the fold', async (scene) => {
  const lena = await scene.person('lena', { width: 360, height: 640 });
  await openConversation(lena.page, 'General', lena.wire());
  const inSight = async (text) => {
    const [log, message] = [await part.log(lena.page).boundingBox(), await part.pending(lena.page, text).boundingBox()];
    assert.ok(message.y + message.height <= log.y + log.height + 1, `${text} ends at ${message.y + message.height}, the log at ${log.y + log.height}`);
  };
  lena.line.cut();
  for (let number = 1; number <= 3; number += 1) await send(lena.page, `fold-${number}`);
  await inSight('fold-3');
  await part.banner(lena.page).getByText(/3 messages are waiting/).waitFor();
  await eventually(() => inSight('fold-3'));
  await lena.page.setViewportSize({ width: 360, height: 420 });
  await eventually(() => inSight('fold-3'));
  await part.composer(lena.page).fill('a\nb\nc\nd');
  await eventually(() => inSight('fold-3'));
  lena.line.heal();
  await eventually(
    async () => assert.deepEqual((await messagesOf(lena.page, 'fold')).sent, ['fold-1', 'fold-2', 'fold-3']),
    { within: 30_000 },
  );
});
