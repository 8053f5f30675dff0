// Every page that the router knows passes axe, for an admin, a member and a visitor, light and dark, wide and narrow; and none is wider
// than a narrow screen. Of pages that are built alike, whoever sees them, axe looks at one.

import assert from 'node:assert/strict';

import { audit, structure, tooWide } from '../axe.mjs';
import { scenario } from '../harness.mjs';
import { openConversation } from '../plenum.mjs';
import { plenum } from '../server.mjs';

// Pages that someone may not see, or that are not there, are pages too: their status is no error.
const allow = [/the server responded with a status of 40[134]/];

/** Each page is loaded and looked at: the time grows with their number. */
const WITHIN = 900_000;

/** How the pages are built that axe was asked about. */
const known = new Set();

for (const who of ['admin', 'lena', null]) {
  scenario(`axe finds nothing: ${who ?? 'a visitor'}`, (scene, t) => visitAll(scene, t, who), { allow, within: WITHIN });
}

async function visitAll(scene, t, who) {
  const person = who ? await scene.person(who) : await scene.visitor('visitor');
  const { page } = person;
  const general = who ? await openConversation(page, 'General', person.wire()) : 1;
  const paths = await pages(general);

  const found = [];
  const looked = [];
  for (const path of paths) {
    const from = person.wire().here;
    const response = await page.goto(path);
    if (response && response.status() >= 500) found.push(`${path}: status ${response.status()}`);
    // Look at the page as scripts have left it: whoever is signed in is then connected.
    if (who && response?.ok()) await person.wire().connected({ from });
    else await page.waitForLoadState('networkidle');
    const built = await structure(page);
    const violations = known.has(built) ? tooWide(page) : audit(page);
    if (!known.has(built)) looked.push(path);
    known.add(built);
    found.push(...(await violations).map((violation) => `${path}, ${violation}`));
  }
  assert.deepEqual(found, []);
  t.diagnostic(`${paths.length} pages, of which ${looked.length} are built as none before: ${looked.join(' ')}`);
}

/** The router's own list, one path a line, with an id where it takes a parameter; and one that it does not know. */
async function pages(id) {
  const routes = (await plenum(['routes'])).split('\n').map((line) => line.trim()).filter(Boolean);
  assert.ok(routes.some((route) => route.startsWith('/messages')), `plenum routes lists pages, not: ${routes}`);
  const paths = routes.filter((route) => !route.includes('*')).map((route) => route.replace(/:\w+\??|\{\w+\}/g, id));
  // What an address' query adds to a page.
  const more = [`/messages/${id}?panel=people`, `/messages/${id}?panel=about`, '/messages/search?q=the', `/messages/new?people%5B%5D=${id}&name=x`];
  return [...new Set([...paths, ...more, '/admin/channels?app=1', '/no-such-page'])];
}
