// From sending a message in one browser to seeing it in another: a part of `make bench`.
// Prints one line of JSON, times in milliseconds. It fails if a page reports an error meanwhile.
//
// Both pages belong to one Chromium and so share the machine's clock: the sender's page notes
// when the button was pressed, the reader's page when the message stood in its document.

import { openConversation, part } from './plenum.mjs';
import { Scene, strikeTheSet } from './scene.mjs';
import { lookOutFor, press, quantile, seen } from './stopwatch.mjs';

const MESSAGES = 50;
const WARM_UP = 5; // the first ones compile code in both pages

const scene = await Scene.open({ env: { PLENUM_LIMITS__COMMANDS_PER_MINUTE: '0' } });
try {
  const [lena, tom] = await scene.people('lena', 'tom');
  for (const person of [lena, tom]) await openConversation(person.page, 'General', person.wire());
  const visible = [];
  const own = [];
  for (let number = 1; number <= WARM_UP + MESSAGES; number++) {
    const text = `bench-${number}.`;
    await Promise.all([lena, tom].map(({ page }) => lookOutFor(part.log(page), '[data-message-id]', text)));
    await part.composer(lena.page).fill(`The hall is free until ${text}`);
    const sent = await press(lena.page);
    const [atLena, atTom] = await Promise.all([lena, tom].map(({ page }) => seen(page)));
    if (number <= WARM_UP) continue;
    own.push(atLena - sent);
    visible.push(atTom - sent);
  }
  scene.assertNoErrors();
  console.log(JSON.stringify({ messages: MESSAGES, median: quantile(visible, 0.5), p99: quantile(visible, 0.99), own: quantile(own, 0.5) }));
} finally {
  await scene.close();
  await strikeTheSet();
}
