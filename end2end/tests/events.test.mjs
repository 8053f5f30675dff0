// Events: made and published by keyboard, seen by others as they change, counted down by the server's clock.

import assert from 'node:assert/strict';

import { violations } from '../axe.mjs';
import { eventually, scenario } from '../harness.mjs';
import { markDocument, region, sameDocument } from '../plenum.mjs';

const main = (page) => page.getByRole('main');
const button = (within, name) => within.getByRole('button', { name, exact: true });

/** A local time so many days from now, as a form holds it. */
const inDays = (days, clock) => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T${clock}`;

/** Waits until a tab is subscribed to a channel of such a name. */
const subscribed = (wire, name) =>
  wire.frame(({ event, channel }) => event === 'pusher_internal:subscription_succeeded' && name.test(channel), { what: `a subscription to ${name}` });

/** Makes a draft with a ticket type; leaves the page at its form, and returns its id. */
async function draft(page, title) {
  await page.goto('/events/new');
  await page.getByLabel('Title', { exact: true }).fill(title);
  await page.getByLabel('Description', { exact: true }).fill('*Bring* a coat.');
  await page.getByLabel('Venue', { exact: true }).fill('Courtyard');
  await page.getByLabel('Begins', { exact: true }).fill(inDays(3, '18:30'));
  await page.getByLabel('Ends', { exact: true }).fill(inDays(3, '21:30'));
  await button(page, 'Make a draft').click();
  await page.waitForURL(/\/events\/\d+\/edit/);
  const types = region(page, 'Ticket types');
  await types.getByLabel('Name', { exact: true }).fill('Standing');
  await types.getByLabel(/^Price/).fill('12');
  await types.getByLabel('Places', { exact: true }).fill('50');
  await button(types, 'Add ticket type').click();
  await button(types, 'Save Standing').waitFor();
  return new URL(page.url()).pathname.split('/')[2];
}

// A visitor who is not signed in sees it postponed, given a new time and begun, without loading the page again (S3-05, S3-32).
scenario('what becomes of an event is seen by those who look', async (scene) => {
  const [otto, sam] = await scene.people('otto', 'sam');
  const visitor = await scene.visitor('visitor');
  const id = await draft(otto.page, 'Open day');
  await button(region(otto.page, 'What becomes of it'), 'Publish').click();
  await region(otto.page, 'What becomes of it').getByText('on sale', { exact: true }).waitFor();
  assert.deepEqual(await violations(otto.page), []);

  for (const { page } of [sam, visitor]) {
    await page.goto('/events');
    await page.getByRole('link', { name: 'Open day' }).click();
    await page.getByRole('heading', { name: 'Open day', level: 1 }).waitFor();
    await main(page).getByText('50 of 50').first().waitFor();
    assert.deepEqual(await violations(page), []);
  }
  const course = region(otto.page, 'What becomes of it');
  const unfold = (name) => course.locator('details').filter({ has: otto.page.locator('summary', { hasText: name }) });
  await unfold('Postpone').locator('summary').click();
  await unfold('Postpone').getByLabel('Why', { exact: true }).fill('The hall is flooded.');
  await button(unfold('Postpone'), 'Postpone').click();
  for (const { page } of [sam, visitor]) await main(page).getByText('The hall is flooded.').waitFor();
  await course.getByLabel('Begins', { exact: true }).fill(inDays(5, '18:30'));
  await course.getByLabel('Ends', { exact: true }).fill(inDays(5, '21:30'));
  await button(course, 'Give it a new time').click();
  for (const { page } of [sam, visitor]) await main(page).getByText(/starts in 4 d|starts in 5 d/).waitFor();
  await unfold('Begin now').locator('summary').click();
  await button(unfold('Begin now'), 'Begin now').click();
  for (const { page } of [sam, visitor]) {
    await main(page).getByText('It has begun.').waitFor();
    assert.equal(new URL(page.url()).pathname, `/events/${id}`);
  }
});

// A draft is nobody else's, and so are its changes; the tabs of those who run it see them all the same.
scenario('what becomes of a draft is seen in the other tabs of those who run it', async (scene) => {
  const otto = await scene.person('otto');
  const id = await draft(otto.page, 'Secret day');
  const other = await otto.tab();
  await other.goto(`/events/${id}`);
  await other.getByRole('heading', { name: 'Secret day', level: 1 }).waitFor();
  await subscribed(otto.wire(other), /^private-space\.\d+\.staff$/);
  await markDocument(other);
  const course = region(otto.page, 'What becomes of it');
  const unfold = course.locator('details').filter({ has: otto.page.locator('summary', { hasText: 'Cancel' }) });
  await unfold.locator('summary').click();
  await unfold.getByLabel('Why', { exact: true }).fill('Nobody can come.');
  await unfold.getByLabel('Yes, I am sure').check();
  await button(unfold, 'Cancel the event').click();
  await main(other).getByText('Nobody can come.').waitFor();
  assert.ok(await sameDocument(other), 'nothing was loaded again');
});

// Where it was and where it is stands in the feeds of those who see the event, at once.
scenario('another venue is told with both', async (scene) => {
  const [otto, sam] = await scene.people('otto', 'sam');
  await draft(otto.page, 'Open day');
  await button(region(otto.page, 'What becomes of it'), 'Publish').click();
  await region(otto.page, 'What becomes of it').getByText('on sale', { exact: true }).waitFor();
  await sam.page.goto('/');
  await subscribed(sam.wire(), /^private-organisation\.\d+$/);
  await otto.page.getByLabel('Venue', { exact: true }).fill('Garden');
  await button(otto.page, 'Save').click();
  await sam.page.getByText('changed the venue of “Open day” from Courtyard to Garden').waitFor();
});

// I31: a browser whose clock is an hour off counts what the server's clock counts.
scenario('a countdown follows the clock of the server', async (scene) => {
  const visitor = await scene.visitor('visitor');
  const skewed = await scene.visitor('skewed');
  await skewed.page.addInitScript(() => {
    const real = Date.now.bind(Date);
    Date.now = () => real() + 3_600_000;
  });
  await visitor.page.goto('/events');
  const path = await visitor.page.getByRole('link', { name: /Winter gala/ }).getAttribute('href');
  for (const { page } of [visitor, skewed]) await page.goto(path);
  /** Seconds that are left. */
  const left = async ({ page }) => {
    const [, days, h, m, s] = /(?:(\d+) d )?(\d\d):(\d\d):(\d\d)/.exec(await page.getByRole('timer').textContent());
    return Number(days ?? 0) * 86_400 + Number(h) * 3_600 + Number(m) * 60 + Number(s);
  };
  const first = await left(skewed);
  await eventually(async () => assert.ok((await left(skewed)) < first, 'it goes on'));
  // On a busy machine one page may be a tick behind the other.
  await eventually(async () => {
    const [right, other] = await Promise.all([left(visitor), left(skewed)]);
    assert.ok(Math.abs(right - other) <= 1, `${right} and ${other}`);
  });
});

// From the list to what is published, by keyboard alone.
scenario('an event is made and published by keyboard', async (scene) => {
  const otto = await scene.person('otto');
  const { page } = otto;
  const press = async (locator) => {
    await locator.focus();
    await page.keyboard.press('Enter');
  };
  await page.goto('/events');
  await press(page.getByRole('link', { name: 'New event' }));
  await page.waitForURL('/events/new');
  const type = async (label, text) => {
    await page.getByLabel(label, { exact: true }).focus();
    await page.keyboard.type(text);
  };
  await type('Title', 'By keyboard');
  await type('Venue', 'Courtyard');
  await page.getByLabel('Begins', { exact: true }).fill(inDays(3, '18:30'));
  await page.getByLabel('Ends', { exact: true }).fill(inDays(3, '21:30'));
  await press(button(page, 'Make a draft'));
  await page.waitForURL(/\/events\/\d+\/edit/);
  const types = region(page, 'Ticket types');
  await types.getByLabel('Name', { exact: true }).focus();
  await page.keyboard.type('Standing');
  await types.getByLabel(/^Price/).focus();
  await page.keyboard.type('12');
  await types.getByLabel('Places', { exact: true }).focus();
  await page.keyboard.type('50');
  await page.keyboard.press('Enter');
  await button(types, 'Save Standing').waitFor();
  await press(button(region(page, 'What becomes of it'), 'Publish'));
  await region(page, 'What becomes of it').getByText('on sale', { exact: true }).waitFor();
  await press(page.getByRole('link', { name: 'See the event' }));
  await page.getByRole('heading', { name: 'By keyboard', level: 1 }).waitFor();
});

// Two organisers have the same form open: the second is told that the first was faster, and keeps what was typed.
scenario('two who change an event do not overwrite one another', async (scene) => {
  const [otto, admin] = await scene.people('otto', 'admin');
  const id = await draft(otto.page, 'Two at once');
  await admin.page.goto(`/events/${id}/edit`);
  const form = ({ page }) => region(page, 'About the event');
  await form(otto).getByLabel('Title', { exact: true }).fill('The first');
  await button(form(otto), 'Save').click();
  await form(otto).getByText('Saved').waitFor();
  await form(admin).getByLabel('Title', { exact: true }).fill('The second');
  await button(form(admin), 'Save').click();
  await form(admin).getByText(/Somebody else has changed it/).waitFor();
  assert.equal(await form(admin).getByLabel('Title', { exact: true }).inputValue(), 'The second');
}, { allow: [/the server responded with a status of 409/] });

// Who is coming sees who else is, and who is there now (S3-24, S3-53, S3-56).
scenario('those who are coming see who is here', async (scene) => {
  const [otto, tom] = await scene.people('otto', 'tom');
  const id = await draft(otto.page, 'Together');
  await button(region(otto.page, 'What becomes of it'), 'Publish').click();
  const staff = region(otto.page, 'Organisers and ushers');
  await staff.getByLabel('E-mail', { exact: true }).fill('tom@plenum.example');
  await button(staff, 'Add').click();
  await staff.getByText(/^Tom/).waitFor();
  for (const { page } of [otto, tom]) await page.goto(`/events/${id}`);
  for (const { page } of [otto, tom]) {
    await region(page, 'Who is coming').getByText('2 are coming · 2 here now').waitFor();
    assert.deepEqual(await violations(page), []);
  }
  await tom.page.goto('/events');
  await region(otto.page, 'Who is coming').getByText('2 are coming · 1 here now').waitFor({ timeout: 30_000 });
});

// Nothing stands out of a narrow screen, light or dark.
scenario('events on a phone', async (scene) => {
  for (const theme of ['light', 'dark']) {
    const visitor = await scene.visitor(theme, { width: 360, height: 740, theme });
    const { page } = visitor;
    await page.goto('/events');
    await page.getByRole('link', { name: /Courtyard concert/ }).waitFor();
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    assert.equal(await wide(), false, 'the list');
    assert.deepEqual(await violations(page), []);
    await page.getByRole('link', { name: /Courtyard concert/ }).click();
    await page.getByRole('heading', { name: 'Courtyard concert', level: 1 }).waitFor();
    assert.equal(await wide(), false, 'the page');
    assert.deepEqual(await violations(page), []);
  }
});

// Without scripts: found, read, filtered.
scenario('events without scripts', async (scene) => {
  const { page } = await scene.visitor('visitor', { javaScript: false });
  await page.goto('/events');
  await page.getByLabel('Where', { exact: true }).selectOption('virtual');
  await button(page, 'Show').click();
  await page.getByRole('link', { name: /Open lecture/ }).waitFor();
  assert.equal(await page.getByRole('link', { name: /Winter gala/ }).count(), 0);
  await page.getByRole('link', { name: /Open lecture/ }).click();
  await page.getByRole('heading', { name: /Open lecture/, level: 1 }).waitFor();
  await main(page).getByText('500 of 500').first().waitFor();
});
