// Seat plans in the browser: one is made by keyboard alone, a wrong table is told line by line, a good one goes in
// with a bar and is what is drawn then; all of it without scripts, too.

import assert from 'node:assert/strict';

import { violations } from '../axe.mjs';
import { eventually, scenario } from '../harness.mjs';

const COURTYARD = 2; // the seeds' second event: people stand there, and it has no seat
const path = `/events/${COURTYARD}/plan`;

/** Otto at the editor, where nothing is yet. */
async function editor(scene, options = {}) {
  const otto = await scene.person('otto', options);
  await otto.page.goto(path);
  await otto.page.getByRole('heading', { name: 'Seat plan: Courtyard concert' }).waitFor();
  return otto;
}

const drawing = (page) => page.getByRole('img', { name: /^Drawing of the plan/ });
const form = (page, heading) => page.locator('section', { has: page.getByRole('heading', { name: heading, exact: true }) }).last();

/** A form's fields, filled as somebody does who has no mouse: by tabbing from one to the next. */
async function type(page, label, within, text) {
  const field = within.getByLabel(label, { exact: true });
  await field.focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

async function makeHall(page) {
  const types = form(page, 'Ticket types and prices');
  await type(page, 'Ticket type’s name', types, 'Parquet');
  await page.keyboard.press('Tab');
  await page.keyboard.type('25');
  await page.keyboard.press('Enter');
  await types.getByText('Parquet', { exact: true }).first().waitFor();
  const sections = form(page, 'Sections');
  await type(page, 'Section’s name', sections, 'Main floor');
  await page.keyboard.press('Enter');
  await sections.getByText('Main floor', { exact: true }).first().waitFor();
  const rows = form(page, 'Add rows');
  await type(page, 'Rows', rows, 'A–C');
  await type(page, 'Seats', rows, '1–5, 6–10');
}

function table(rows, seats) {
  let text = 'section,row,seat,ticket_type\n';
  for (let row = 1; row <= rows; row += 1) {
    for (let seat = 1; seat <= seats; seat += 1) text += `Main floor,${row},${seat},Parquet\n`;
  }
  return text;
}

async function send(page, text, mode = 'Are replaced by the table') {
  await page.getByLabel(mode).check();
  await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'plan.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByRole('button', { name: 'Read the table' }).click();
}

// What is being typed is drawn at once and nothing is changed by it; Enter makes it so; what was made last is undone; axe finds nothing.
scenario('a plan is made by keyboard alone', async (scene) => {
  const { page } = await editor(scene);
  await page.getByText('No seats yet').first().waitFor();
  await makeHall(page);
  await drawing(page).and(page.getByLabel('Drawing of the plan: 30 seats in 1 section, the stage above')).waitFor();
  await page.getByText('Nothing is changed yet.').waitFor();
  await page.keyboard.press('Enter');
  await form(page, 'Sections').getByText('3 rows, 30 seats').waitFor();
  await page.getByText('Nothing is changed yet.').waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /Parquet/ }).getByText('€750.00').waitFor();

  const change = form(page, 'Change seats');
  await type(page, 'Rows', change, 'C');
  await type(page, 'Seats', change, '1–2');
  await change.getByLabel('Kind').selectOption('accessible');
  await change.getByRole('button', { name: 'Set' }).press('Enter');
  await page.getByText('Accessible: 2').waitFor();
  await eventually(async () => assert.equal(await page.getByText('Nothing is changed yet.').count(), 0));
  await page.getByRole('button', { name: 'Undo the last change' }).press('Enter');
  await page.getByText('Accessible: 2').waitFor({ state: 'detached' });

  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    assert.deepEqual(await violations(page), []);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${wide} px wide at ${width}`);
  }
});

// Lines that are wrong are told with number and column, and nothing is changed; then a good table goes in, another who runs the event
// sees it without doing anything, and the file that comes out is the plan that is drawn.
scenario('a table goes in', async (scene) => {
  const { page } = await editor(scene);
  const admin = await scene.person('admin');
  await makeHall(page);
  await page.keyboard.press('Enter');
  await form(page, 'Sections').getByText('3 rows, 30 seats').waitFor();

  await send(page, `${table(1, 3)}Main floor,9,x,Parquet\nMain floor,9,1,Gallery\n`);
  await page.getByText('2 of 5 lines are wrong. Nothing is changed yet.').waitFor();
  await page.getByRole('row', { name: /^5 seat A seat has a number/ }).waitFor();
  await page.getByRole('row', { name: /^6 ticket_type There is no such seated ticket type/ }).waitFor();
  await form(page, 'Sections').getByText('3 rows, 30 seats').waitFor();

  await admin.page.goto(path);
  await form(admin.page, 'Sections').getByText('3 rows, 30 seats').waitFor();
  await send(page, table(60, 50));
  await page.getByText('The table is in: ').waitFor();
  for (const each of [page, admin.page]) {
    await drawing(each).and(each.getByLabel('Drawing of the plan: 3000 seats in 1 section, the stage above')).waitFor();
    await form(each, 'Sections').getByText('60 rows, 3000 seats').waitFor();
  }
  const file = await page.request.get(`${path}.csv`);
  assert.equal((await file.text()).trimEnd().split('\r\n').length, 3001);
}, { server: { env: { PLENUM_LIMITS__COMMANDS_PER_MINUTE: '0' } } });

// Everything is a form that leads back to the editor, which says what was done or what is wrong.
scenario('a plan is made without scripts', async (scene) => {
  const { page } = await editor(scene, { javaScript: false });
  const types = form(page, 'Ticket types and prices');
  await types.getByLabel('Ticket type’s name', { exact: true }).fill('Parquet');
  await types.getByLabel('Price in EUR', { exact: true }).fill('25');
  await types.getByRole('button', { name: 'Save ticket type' }).last().click();
  await page.getByText('The plan is changed.').waitFor();
  await form(page, 'Sections').getByLabel('Section’s name').fill('Main floor');
  await page.getByRole('button', { name: 'Add section' }).click();
  const rows = form(page, 'Add rows');
  await rows.getByLabel('Rows', { exact: true }).fill('A–B');
  await rows.getByLabel('Seats', { exact: true }).fill('1–10');
  await rows.getByRole('button', { name: 'Add rows' }).click();
  await drawing(page).and(page.getByLabel('Drawing of the plan: 20 seats in 1 section, the stage above')).waitFor();
  await send(page, 'hello');
  await page.getByRole('alert').filter({ hasText: 'There is no column section.' }).waitFor();
  await send(page, `${table(1, 2)}Main floor,9,x,Parquet\n`, 'Stay; the table’s seats come to them');
  await page.getByText('1 of 3 lines are wrong. Nothing is changed yet.').waitFor();
  await page.getByRole('button', { name: 'Import the 2 good lines' }).click();
  await eventually(async () => {
    await page.goto(path);
    await page.getByLabel('Drawing of the plan: 22 seats in 1 section, the stage above').waitFor({ timeout: 500 });
  });
  await page.getByRole('button', { name: 'Undo the last change' }).click();
  await page.getByText('The last change is undone.').waitFor();
  await page.getByLabel('Drawing of the plan: 20 seats in 1 section, the stage above').waitFor();
});
