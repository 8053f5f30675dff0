// From sending a message in one browser to seeing it in another: a part of `make bench`.
// Prints one line of JSON, times in milliseconds. It fails if a page reports an error meanwhile.
//
// Both pages belong to one Chromium and so share the machine's clock: the sender's page notes
// when the button was pressed, the reader's page when the message stood in its document.

import { openConversation, part } from './plenum.mjs';
import { Scene, strikeTheSet } from './scene.mjs';

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
    await Promise.all([lena, tom].map(({ page }) => lookOutFor(page, text)));
    await part.composer(lena.page).fill(`The hall is free until ${text}`);
    const sent = await press(lena.page);
    const [atLena, atTom] = await Promise.all([lena, tom].map(({ page }) => page.evaluate(() => window.seenAt)));
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

// Presses the button, and returns when.
function press(page) {
  return part.send(page).evaluate((button) => {
    const at = performance.timeOrigin + performance.now();
    button.click();
    return at;
  });
}

// From here on the page notes, in `seenAt`, when a message with this text, acknowledged by the
// server, stands in its log.
function lookOutFor(page, text) {
  return part.log(page).evaluate((log, text) => {
    window.seenAt = new Promise((resolve) => {
      const look = () => {
        const shown = [...log.querySelectorAll('[data-message-id]')].slice(-3);
        if (!shown.some((message) => message.textContent.includes(text))) return;
        observer.disconnect();
        resolve(performance.timeOrigin + performance.now());
      };
      const observer = new MutationObserver(look);
      observer.observe(log, { childList: true, subtree: true, attributes: true, characterData: true });
    });
  }, text);
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))];
}
