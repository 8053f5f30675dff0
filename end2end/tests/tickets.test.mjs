// Tickets, two doors and the desk: a ticket admits once, what is scanned without a connection waits, and the desk sees it live.

import assert from 'node:assert/strict';

import { violations } from '../axe.mjs';
import { sellSeats } from '../box-office.mjs';
import { secondDoor } from '../database.mjs';
import { eventually, scenario } from '../harness.mjs';
import { codeIn, sheetsOf } from '../paper.mjs';
import { region } from '../plenum.mjs';

const GALA = 1;
const DOOR = `/events/${GALA}/check-in`;
const DESK = `/events/${GALA}/desk`;

const answer = (page) => page.locator('.door-answer');
const counts = (page) => page.locator('.door-counts b');
const codeField = (page) => page.getByRole('textbox', { name: 'Code of a ticket', exact: true });

/** Reads a code at a door, as a scanner that types does. */
async function scan(page, code) {
  await codeField(page).fill(code);
  await codeField(page).press('Enter');
}

const says = (page, word) => answer(page).getByText(word, { exact: true }).waitFor();

/** The codes on one's tickets, as they are printed. */
async function codesOf(person) {
  await person.page.goto('/tickets');
  const links = await person.page.locator('.ticket-row a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  const codes = [];
  for (const link of links) {
    await person.page.goto(link);
    codes.push(await person.page.locator('.ticket-code code').innerText());
  }
  return codes;
}

/** Otto at one door, Mara at the other, Lena with three tickets. */
async function doors(scene) {
  const [otto, mara, lena] = await scene.people('otto', 'mara', 'lena');
  await sellSeats(scene.server, 'lena@plenum.example', 3);
  await secondDoor(scene.server, 'mara@plenum.example');
  const codes = await codesOf(lena);
  for (const person of [otto, mara]) await openDoor(person);
  return { otto, mara, lena, codes };
}

/** Opens a door and waits until scripts have taken it over and it is followed: before that a code is sent as without them. */
const openDoor = (person, page = person.page) => person.open(DOOR, { page, channel: `event.${GALA}` });

// Otto makes Tom an usher: Tom finds the way to the door, lets somebody in, and the desk sees it, over `kill -9` too. No link leads him to
// the sales. What he may ends while he looks.
scenario('an usher works at the door, and sees no money', async (scene) => {
  const [otto, tom, lena] = await scene.people('otto', 'tom', 'lena');
  await sellSeats(scene.server, 'lena@plenum.example', 3);
  const codes = await codesOf(lena);
  await otto.page.goto(`/events/${GALA}/edit`);
  await otto.page.waitForLoadState('networkidle');
  const staff = region(otto.page, 'Organisers and ushers');
  await staff.getByLabel('E-mail', { exact: true }).fill('tom@plenum.example');
  await staff.getByLabel('Role', { exact: true }).selectOption('usher');
  await staff.getByRole('button', { name: 'Add', exact: true }).click();
  await staff.getByRole('listitem').filter({ hasText: /Tom.*Usher/ }).waitFor();
  const desk = await otto.tab();
  await otto.open(DESK, { page: desk, channel: `private-event.${GALA}.door` });

  await tom.page.goto(`/events/${GALA}`);
  await tom.page.getByRole('link', { name: 'Check-in', exact: true }).waitFor();
  await openDoor(tom);
  assert.equal(await tom.page.locator(`a[href="${DESK}"]`).count(), 0);
  assert.deepEqual(await violations(tom.page), []);
  await scan(tom.page, codes[0]);
  await says(tom.page, 'Come in');
  await desk.getByText('1 of 3 in').first().waitFor();

  await scene.kill();
  await scene.restart();
  await openDoor(tom);
  await scan(tom.page, codes[0]);
  await says(tom.page, 'Already used');
  await scan(tom.page, codes[1]);
  await says(tom.page, 'Come in');
  await desk.getByText('2 of 3 in').first().waitFor();

  await staff.getByRole('listitem').filter({ hasText: /Tom/ }).getByRole('button', { name: /^Remove/ }).click();
  await staff.getByRole('listitem').filter({ hasText: /Tom/ }).waitFor({ state: 'detached' });
  await tom.page.getByText('This page is no longer told who comes in.').waitFor();
});

// The same ticket at two doors: one lets in, the other says when it was; both count alike; the ticket's own page follows.
scenario('two doors let a ticket in once', async (scene) => {
  const { otto, mara, lena, codes } = await doors(scene);
  await lena.page.goto('/tickets');
  await scan(otto.page, codes[0]);
  await says(otto.page, 'Come in');
  await answer(otto.page).getByText('Lena Kovač').waitFor();
  await eventually(async () => assert.equal(await counts(mara.page).innerText(), '1 of 3 in'));
  await scan(mara.page, codes[0].toLowerCase());
  await says(mara.page, 'Already used');
  await lena.page.locator('.ticket-row[data-state="used"]').getByText(/^Used at/).waitFor();

  await scan(mara.page, codes[1].replace(/.$/, (last) => (last === '0' ? '1' : '0')));
  await says(mara.page, 'No ticket');
  await scan(mara.page, codes[1]);
  await says(mara.page, 'Come in');
  await eventually(async () => assert.equal(await counts(otto.page).innerText(), '2 of 3 in'));
  // One's own last can be taken back, another's cannot.
  const recent = region(mara.page, 'Came in last');
  assert.equal(await recent.getByRole('button', { name: /^Undo/ }).count(), 1);
  await recent.getByRole('button', { name: /^Undo/ }).click();
  await eventually(async () => assert.equal(await counts(otto.page).innerText(), '1 of 3 in'));
});

// Without a connection a code waits, over a reload of the page too, and is never shown as let in; then it is asked about by itself.
scenario('what is scanned offline waits', async (scene) => {
  const { otto, mara, codes } = await doors(scene);
  otto.line.cut();
  await scan(otto.page, codes[0]);
  await scan(otto.page, codes[1]);
  const waiting = region(otto.page, 'Not checked yet');
  await waiting.waitFor();
  await eventually(async () => assert.equal(await waiting.getByRole('listitem').count(), 2));
  assert.equal(await otto.page.getByText('Come in', { exact: true }).count(), 0, 'nobody is let in by a page alone');
  assert.ok(!(await waiting.innerText()).includes(codes[0]), 'a code is not shown whole');
  await scan(mara.page, codes[1]);
  await says(mara.page, 'Come in');
  otto.line.heal();
  await eventually(async () => assert.equal(await counts(otto.page).innerText(), '2 of 3 in'));
  await eventually(async () => assert.equal(await waiting.count(), 0));
  await says(otto.page, 'Already used');
  await region(otto.page, 'Scanned here').getByText('Come in', { exact: true }).waitFor();
}, { allow: [/net::ERR_/, /Failed to fetch/] });

// Somebody who was found by name waits for the connection as a code does; and two tabs of one door lose nothing of one another's.
scenario('a name waits as a code does', async (scene) => {
  const { otto, codes } = await doors(scene);
  await otto.page.getByRole('searchbox', { name: 'Name, e-mail or order number' }).fill('kov');
  await otto.page.getByRole('button', { name: 'Search', exact: true }).click();
  const found = region(otto.page, 'Search by name or order').getByRole('button', { name: /^Check in: Lena Kovač/ });
  await found.first().waitFor();
  const other = await otto.tab();
  await openDoor(otto, other);
  otto.line.cut();
  await found.first().click();
  await scan(other, codes[2]);
  await region(otto.page, 'Not checked yet').getByText('Lena Kovač').waitFor();
  await region(other, 'Not checked yet').waitFor();
  const kept = () => otto.page.evaluate((door) => JSON.parse(localStorage.getItem(door) ?? '[]').length, `plenum:door:${GALA}`);
  assert.equal(await kept(), 2);
  assert.equal(await otto.page.getByText('Come in', { exact: true }).count(), 0, 'nobody is let in by a page alone');
  otto.line.heal();
  await says(otto.page, 'Come in');
  await says(other, 'Come in');
  await eventually(async () => assert.equal(await counts(otto.page).innerText(), '2 of 3 in'));
  await eventually(async () => assert.equal(await kept(), 0));
}, { allow: [/net::ERR_/, /Failed to fetch/] });

// Somebody without a code is found by name; the desk follows without a reload.
scenario('a guest is found by name, and the desk sees it', async (scene) => {
  const { otto, mara } = await doors(scene);
  await otto.page.goto(DESK);
  const now = region(otto.page, 'Now');
  await now.getByText('0 of 3 in').waitFor();
  await now.getByText('€75.00').waitFor();
  await otto.page.evaluate(() => void (window.sameDocument = true));
  await mara.page.getByRole('searchbox', { name: 'Name, e-mail or order number' }).fill('kov');
  await mara.page.getByRole('button', { name: 'Search', exact: true }).click();
  const found = region(mara.page, 'Search by name or order');
  await found.getByRole('button', { name: /^Check in: Lena Kovač/ }).first().click();
  await says(mara.page, 'Come in');
  await now.getByText('1 of 3 in').waitFor();
  assert.equal(await otto.page.evaluate(() => window.sameDocument), true, 'nothing was loaded again');

  await otto.page.getByRole('searchbox', { name: 'Number, name or e-mail' }).fill('nobody at all');
  await region(otto.page, 'Orders').getByRole('button', { name: 'Show', exact: true }).click();
  await region(otto.page, 'Orders').getByText('No orders').waitFor();
  await otto.page.getByRole('textbox', { name: 'Title' }).fill('Doors open at seven');
  await otto.page.getByRole('button', { name: 'Send', exact: true }).click();
  await otto.page.getByText('It is on its way.').waitFor();
});

// A ticket is printed with its code, dark on white in the dark, too; pages fit a phone; axe finds nothing.
scenario('tickets, a door and the desk fit and are accessible', async (scene) => {
  const { otto, lena, codes } = await doors(scene);
  await scan(otto.page, codes[0]);
  await says(otto.page, 'Come in');
  await lena.page.goto('/tickets');
  await lena.page.locator('.ticket-row a').first().click();
  await lena.page.getByRole('img', { name: /^QR code of ticket/ }).waitFor();
  await lena.page.emulateMedia({ colorScheme: 'dark' });
  const paper = await lena.page.locator('.code-paper').evaluate((paper) => getComputedStyle(paper).fill);
  assert.equal(paper, 'rgb(255, 255, 255)');
  for (const [person, path] of [[lena, null], [lena, '/tickets'], [otto, DOOR], [otto, `${DOOR}?q=lena`], [otto, DESK]]) {
    if (path) await person.page.goto(path);
    for (const width of [1280, 360]) {
      await person.page.setViewportSize({ width, height: 800 });
      assert.deepEqual(await violations(person.page), [], `${path} at ${width} px`);
      const wide = await person.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
      assert.equal(wide, false, `${path} at ${width} px`);
    }
  }
});

// A ticket is one sheet, in a dark theme too, and the code can be read from it; an order and a statement are lines, not columns of letters.
scenario('tickets, orders and statements on paper', async (scene) => {
  const lena = await scene.person('lena', { theme: 'dark' });
  await sellSeats(scene.server, 'lena@plenum.example', 2);
  const codes = await codesOf(lena);
  await lena.page.goto('/tickets/1');
  await lena.page.locator('.ticket-code').waitFor();
  const ticket = await sheetsOf(lena.page);
  assert.equal(ticket.length, 1);
  assert.match(ticket[0].text, /Winter gala/);
  const visitor = await scene.visitor('reader'); // another page draws the picture: Plenum's takes none from outside
  await visitor.page.goto('about:blank');
  assert.equal(await codeIn(visitor.page, ticket[0].picture), codes[0]);

  await lena.page.goto('/orders/1');
  const [order, ...more] = await sheetsOf(lena.page);
  assert.equal(more.length, 0);
  assert.match(order.text, /Row A, seat 1\b.*€25\.00/s);
  assert.doesNotMatch(order.text, /Sign out|Show earlier/);

  await lena.page.goto('/wallet');
  const statement = (await sheetsOf(lena.page)).map((sheet) => sheet.text).join('');
  assert.match(statement, /When +What +Amount +Balance/);
  assert.match(statement, /Payment.*−€50\.00 +€/s);
});

// Without scripts a code is typed into a plain form, and the answer is as large.
scenario('a door without scripts', async (scene) => {
  const lena = await scene.person('lena');
  await sellSeats(scene.server, 'lena@plenum.example', 1);
  const [code] = await codesOf(lena);
  const { page } = await scene.person('otto', { javaScript: false });
  await page.goto(DOOR);
  await scan(page, code);
  await says(page, 'Come in');
  await scan(page, code);
  await says(page, 'Already used');
  await scan(page, 'PT1.1.nonsense');
  await says(page, 'No ticket');
});
