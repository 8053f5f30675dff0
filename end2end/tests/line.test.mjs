// The line itself, against a small server: a test over it proves nothing unless it does what it says.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { chromium } from 'playwright-core';

import { Line } from '../line.mjs';
import { CHROMIUM } from '../scene.mjs';

let server, browser, line, page, origin;

before(async () => {
  server = createServer((request, response) => {
    if (request.url === '/count') return response.end(String((server.count = (server.count ?? 0) + 1)));
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>a page</title>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await chromium.launch(CHROMIUM);
  line = await Line.to(server.address().port);
  const context = await browser.newContext({ proxy: { server: line.proxy } });
  page = await context.newPage();
});

after(async () => {
  await browser?.close();
  await line?.close();
  server?.closeAllConnections();
  server?.close();
});

const ask = () => page.evaluate(() => fetch('/count').then((answer) => answer.text()));

// A page comes through an open line under the server's own address; through a cut one nothing
// does, and after healing it does again.
test('a cut line breaks and heals', async () => {
  await page.goto(origin);
  assert.equal(await page.evaluate(() => location.origin), origin);
  assert.equal(await ask(), '1');
  line.cut();
  await assert.rejects(ask(), /Failed to fetch/);
  await assert.rejects(page.goto(`${origin}/again`), /net::ERR_/);
  await page.waitForURL(/^chrome-error:/); // its own error page comes a moment later
  line.heal();
  await page.goto(origin);
  assert.equal(await ask(), '2');
});

// A request over a held line neither fails nor arrives; it does once the line is healed.
test('a held line keeps back', async () => {
  await page.goto(origin);
  const before = server.count;
  line.hold();
  const asked = page.evaluate(() => fetch('/count', { cache: 'no-store' }).then((answer) => answer.text()));
  const first = await Promise.race([asked, page.evaluate(() => new Promise((done) => setTimeout(() => done('silence'), 300)))]);
  assert.equal(first, 'silence');
  assert.equal(server.count, before);
  line.heal();
  assert.equal(await asked, String(before + 1));
});

// A slow line delays by what it was told, in both directions.
test('a slow line delays', async () => {
  await page.goto(origin);
  line.slow(100);
  const start = performance.now();
  await ask();
  assert.ok(performance.now() - start >= 200);
  line.heal();
});
