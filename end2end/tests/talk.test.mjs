// Two people in two browsers talk, and each sees what the other does without reloading.

import assert from 'node:assert/strict';

import { eventually, scenario } from '../harness.mjs';
import { act, markDocument, messagesOf, openConversation, part, sameDocument, send, wordsOf } from '../plenum.mjs';

const inGeneral = (...people) =>
  Promise.all(people.map((person) => openConversation(person.page, 'General', person.wire())));

// What one writes the other sees, in the order in which it was written, and neither page has
// been loaded again (S1-01, I7).
scenario('two people talk', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  await inGeneral(lena, tom);
  await Promise.all([markDocument(lena.page), markDocument(tom.page)]);

  for (const [writer, reader, text] of [[lena, tom, 'talk-1'], [tom, lena, 'talk-2'], [lena, tom, 'talk-3']]) {
    await send(writer.page, `This is ${text}`);
    await part.message(reader.page, text).waitFor();
  }
  for (const { page } of [lena, tom]) {
    await eventually(async () =>
      assert.deepEqual(await messagesOf(page, 'talk'), { sent: ['talk-1', 'talk-2', 'talk-3'], pending: [] }),
    );
    assert.ok(await sameDocument(page));
  }
});

// The Enter that ends a composition takes the word and sends nothing: while it is composed, with the code 229, and right behind its end.
scenario('an input method keeps its Enter', async (scene) => {
  const [lena] = await scene.people('lena');
  await inGeneral(lena);
  const composer = part.composer(lena.page);
  await composer.fill('ime-1 これ');
  const press = (...events) =>
    composer.evaluate((input, events) => {
      for (const [type, init] of events) {
        const event = type.startsWith('composition') ? new CompositionEvent(type, init) : new KeyboardEvent(type, init);
        input.dispatchEvent(event);
      }
    }, events);
  const enter = { key: 'Enter', bubbles: true, cancelable: true };
  await press(['keydown', { ...enter, isComposing: true }]);
  await press(['keydown', { ...enter, keyCode: 229 }]);
  await press(['compositionstart', { bubbles: true }], ['compositionend', { bubbles: true }], ['keydown', enter]);
  assert.equal(await composer.inputValue(), 'ime-1 これ');
  assert.deepEqual(await messagesOf(lena.page, 'ime'), { sent: [], pending: [] });
  // A moment after the end of a composition Enter is the person's own again.
  const ended = await lena.page.evaluate(() => performance.now());
  await lena.page.waitForFunction((ended) => performance.now() > ended + 100, ended);
  await composer.press('Enter');
  await part.message(lena.page, 'ime-1').waitFor();
});

// "Lena is typing" shows while she types, goes with her message, and ends by itself when she
// stops, and when her browser dies in the middle of a word (I17).
scenario('typing shows, and ends by itself', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  await inGeneral(lena, tom);
  const typing = part.typing(tom.page, 'Lena');

  await part.composer(lena.page).pressSequentially('one word');
  await typing.waitFor();
  await typing.waitFor({ state: 'hidden', timeout: 10_000 });

  await part.composer(lena.page).pressSequentially(' and anoth');
  await typing.waitFor();
  await lena.profile.close();
  await typing.waitFor({ state: 'hidden', timeout: 10_000 });
});

// A message tells its author that it has been read once the other has it on the screen, and
// not before.
scenario('a read message says so to its author', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  await inGeneral(lena);
  await send(lena.page, 'Has anybody seen receipt-1');
  await part.message(lena.page, 'receipt-1').waitFor();
  assert.doesNotMatch(await wordsOf(lena.page, 'receipt-1'), /\bread\b/i);

  await inGeneral(tom);
  await part.message(tom.page, 'receipt-1').waitFor();
  await eventually(async () => assert.match(await wordsOf(lena.page, 'receipt-1'), /\bread\b/i));
});

// An edit replaces the text in both browsers, in its place.
scenario('an edit reaches the other', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  await inGeneral(lena, tom);
  await send(lena.page, 'edited-1 before');
  await send(lena.page, 'edited-2 stays');
  await part.message(tom.page, 'edited-2').waitFor();

  await act(lena.page, 'edited-1', 'Edit');
  await lena.page.keyboard.press('Control+A');
  await lena.page.keyboard.type('edited-1 after');
  await lena.page.getByRole('button', { name: 'Save' }).click();
  for (const { page } of [lena, tom]) {
    await part.message(page, 'edited-1 after').waitFor();
    assert.deepEqual(await messagesOf(page, 'edited'), { sent: ['edited-1', 'edited-2'], pending: [] });
    assert.doesNotMatch(await part.log(page).innerText(), /edited-1 before/);
  }
});

// A reaction appears in both browsers, and goes when it is taken back.
scenario('a reaction reaches the other', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  await inGeneral(lena, tom);
  await send(lena.page, 'Applause for reacted-1');
  await part.message(tom.page, 'reacted-1').waitFor();

  await act(tom.page, 'reacted-1', /react/i);
  await tom.page.getByRole('button', { name: /👍/ }).last().click();
  for (const { page } of [lena, tom]) await part.reaction(page, 'reacted-1', '👍').waitFor();

  await part.reaction(tom.page, 'reacted-1', '👍').first().click();
  await part.reaction(lena.page, 'reacted-1', '👍').waitFor({ state: 'hidden' });
});

// A deleted message leaves a tombstone in its place in both browsers; its text is nowhere, not
// in a page that is loaded afterwards either.
scenario('a deleted message leaves a tombstone', async (scene) => {
  const [lena, tom] = await scene.people('lena', 'tom');
  await inGeneral(lena, tom);
  await send(lena.page, 'deleted-1 a slip of the tongue');
  await part.message(tom.page, 'deleted-1').waitFor();
  const id = await part.message(tom.page, 'deleted-1').getAttribute('data-message-id');

  await act(lena.page, 'deleted-1', 'Delete');
  const sure = lena.page.getByRole('dialog').getByRole('button', { name: /delete/i });
  const tombstone = (page) => part.log(page).locator(`[data-message-id="${id}"]`).filter({ hasText: /deleted/i }).filter({ hasNotText: 'deleted-1' });
  await sure.or(tombstone(lena.page)).first().waitFor();
  if (await sure.isVisible()) await sure.click();

  for (const { page } of [lena, tom]) {
    await tombstone(page).waitFor();
    await page.reload();
    await tombstone(page).waitFor();
    assert.doesNotMatch(await page.content(), /slip of the tongue/);
  }
});
