// What protects people from one another: blocking, reporting, and an address that only guests get.

import assert from 'node:assert/strict';

import { GALA, sellSeats } from '../box-office.mjs';
import { makeAdmin, takesPlaceOnline } from '../database.mjs';
import { scenario } from '../harness.mjs';
import { choose, conversationId, openConversation, part, region, send } from '../plenum.mjs';

const MINUTE = 60_000;

// Lena blocks Tom in their conversation: both see at once that nothing is written there any more, in the blocker's other tab too, each in
// their own words. In a room Tom's messages are folded for Lena alone. Then all is as before.
scenario('who is blocked cannot write, and both see it', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  await lena.open('/people?q=Tom+Visser');
  await lena.page.getByRole('button', { name: /^Message/ }).click();
  await lena.page.waitForURL(/\/messages\/\d+/);
  const path = `/messages/${conversationId(lena.page)}`;
  const channel = `private-conversation.${conversationId(lena.page)}`;
  const settings = await lena.tab();
  await Promise.all([lena.open(path, { channel }), tom.open(path, { channel }), lena.open('/settings', { page: settings })]);
  const blocked = region(settings, 'Blocked people');
  await blocked.getByText('You have blocked nobody.').waitFor();

  await choose(lena.page, 'Block Tom Visser');
  await lena.page.getByText('You have blocked this person. You cannot write to each other.').waitFor();
  await tom.page.getByText('You cannot write to this person.').waitFor();
  await part.composer(tom.page).waitFor({ state: 'detached' });
  await blocked.getByRole('link', { name: 'Tom Visser' }).waitFor();

  await Promise.all([lena, tom].map((person) => openConversation(person.page, 'General', person.wire())));
  await send(tom.page, 'Can you read block-1');
  const folded = part.message(lena.page, 'block-1');
  await folded.getByText('Message from somebody you blocked').waitFor();
  const text = folded.getByText('Can you read block-1');
  assert.equal(await text.isVisible(), false);
  await folded.getByText('Show', { exact: true }).click();
  await text.waitFor();
  await part.message(tom.page, 'block-1').getByText('Can you read block-1').waitFor();

  await tom.open(path, { channel });
  await blocked.getByRole('button', { name: 'Unblock Tom Visser' }).click();
  await part.composer(tom.page).waitFor();
  await part.message(lena.page, 'block-1').getByText('Message from somebody you blocked').waitFor({ state: 'detached' });
});

// Lena reports a message; two admins have it on their screens at once, one deletes it, and the other sees by whom.
scenario('a report that one admin decides the other sees', async (scene) => {
  await makeAdmin(scene.server, 'mara@plenum.example');
  const [lena, tom, vera, mara] = await scene.people('lena', 'tom', 'admin', 'mara');
  const queue = { channel: 'private-ops.1' };
  await Promise.all([vera, mara].map((admin) => admin.open('/admin/reports', queue)));
  await Promise.all([lena, tom].map((person) => openConversation(person.page, 'General', person.wire())));
  await send(tom.page, 'Buy report-1 now');
  await part.message(lena.page, 'report-1').hover();
  await part.message(lena.page, 'report-1').getByLabel('More actions').click();
  await part.message(lena.page, 'report-1').getByRole('button', { name: 'Report…' }).click();
  const dialog = lena.page.getByRole('dialog', { name: 'Report this message' });
  await dialog.getByLabel('Reason').selectOption({ label: 'Spam or advertising' });
  await dialog.getByLabel(/Anything to add/).fill('The third time');
  await dialog.getByRole('button', { name: 'Report', exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });

  const open = (admin) => region(admin.page, 'To be decided').getByRole('listitem').filter({ hasText: 'Buy report-1 now' });
  await Promise.all([vera, mara].map((admin) => open(admin).getByText('The third time').waitFor()));
  await open(vera).getByRole('button', { name: /^Delete the message/ }).click();
  const decided = region(mara.page, 'Decided').getByRole('listitem').filter({ hasText: 'Buy report-1 now' });
  await decided.getByText(/^Deleted by Vera Nowak/).waitFor();
  await open(mara).waitFor({ state: 'detached' });
  await part.message(tom.page, 'report-1').waitFor({ state: 'detached' });
});

// The page of an online event waits for the quarter of an hour before it begins, and shows its guests the address without being loaded
// again; nobody else sees any of it.
scenario('the address of an online event comes when it is time', async (scene) => {
  await takesPlaceOnline(scene.server, 'https://meet.example/gala', 20 * MINUTE);
  const [lena, tom] = await scene.people('lena', 'tom');
  await sellSeats(scene.server, 'lena@plenum.example', 1);
  await Promise.all([lena, tom].map((person) => person.open(`/events/${GALA}`, { channel: `event.${GALA}` })));
  const online = region(lena.page, 'Take part online');
  await online.getByText(/^The address is shown here from/).waitFor();
  await scene.advance(5 * MINUTE);
  const link = online.getByRole('link', { name: 'Open the event' });
  await link.waitFor();
  assert.equal(await link.getAttribute('href'), 'https://meet.example/gala');
  assert.equal(await region(tom.page, 'Take part online').count(), 0);
  await scene.advance(3 * 60 * MINUTE);
  await online.waitFor({ state: 'detached' });
});
