// Every page works as plain HTML: someone without scripts signs in, reads and writes.

import assert from 'node:assert/strict';

import { scenario } from '../harness.mjs';
import { choose, messagesOf, openConversation, part, send } from '../plenum.mjs';

// Lena has no scripts, Tom has. She reads what he wrote; he sees what she writes at once.
scenario('sign in, read and write without scripts', async (scene) => {
  const tom = await scene.person('tom');
  await openConversation(tom.page, 'General', tom.wire());
  await send(tom.page, 'plain-1');
  await part.message(tom.page, 'plain-1').waitFor();

  const lena = await scene.person('lena', { javaScript: false });
  await openConversation(lena.page, 'General');
  await part.message(lena.page, 'plain-1').waitFor();
  await send(lena.page, 'plain-2');
  await part.message(lena.page, 'plain-2').waitFor();
  assert.match(new URL(lena.page.url()).pathname, /^\/messages\/\d+$/, 'she is still in the conversation');
  await part.message(tom.page, 'plain-2').waitFor();
  for (const { page } of [lena, tom]) {
    assert.deepEqual(await messagesOf(page, 'plain'), { sent: ['plain-1', 'plain-2'], pending: [] });
  }
});

// A wrong password without scripts: the form again, with an alert, and not a dead error page.
scenario('a wrong password without scripts says so', async (scene) => {
  const { page } = await scene.visitor('lena', { javaScript: false });
  await page.goto('/sign-in');
  await part.email(page).fill('lena@plenum.example');
  await part.password(page).fill('not her password');
  await part.signIn(page).click();
  await page.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor();
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  await part.email(page).waitFor();
});

// The menu of a conversation is there without scripts: it mutes, and leads to the details, where an
// admin changes the topic; Tom sees that at once.
scenario('a conversation is muted and described without scripts', async (scene) => {
  const tom = await scene.person('tom');
  await openConversation(tom.page, 'General', tom.wire());
  const { page } = await scene.person('admin', { javaScript: false });
  await openConversation(page, 'General');
  await choose(page, 'Mute');
  await page.waitForLoadState();
  await part.menu(page).click();
  await part.menuItem(page, 'Unmute').waitFor();
  await part.menuItem(page, 'Name and topic').click();
  const form = part.panel(page).getByRole('form', { name: 'Name and topic' });
  await form.getByLabel('Topic').fill('News for everyone');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('Saved').waitFor();
  await tom.page.locator('.pane-thread .pane-head').getByText('News for everyone').waitFor();
});
