// Times between two pages of one Chromium, which share the machine's clock: when a button was pressed in one, when something stood in
// the document of another.

import { part } from './plenum.mjs';

/** Presses the button that sends, and returns when. */
export function press(page) {
  return part.send(page).evaluate((button) => {
    const at = performance.timeOrigin + performance.now();
    button.click();
    return at;
  });
}

/**
 * From here on the page notes, in `seenAt`, when one of the elements that `selector` finds in `within` holds `text`. Only a few are
 * looked at: the `first` ones, or the last.
 */
export function lookOutFor(within, selector, text, { first = false } = {}) {
  return within.evaluate((element, [selector, text, first]) => {
    window.seenAt = new Promise((resolve) => {
      const look = () => {
        const all = [...element.querySelectorAll(selector)];
        const shown = first ? all.slice(0, 3) : all.slice(-3);
        if (!shown.some((one) => one.textContent.includes(text))) return;
        observer.disconnect();
        resolve(performance.timeOrigin + performance.now());
      };
      const observer = new MutationObserver(look);
      observer.observe(element, { childList: true, subtree: true, attributes: true, characterData: true });
    });
  }, [selector, text, first]);
}

/** When the page saw what it looks out for. */
export const seen = (page) => page.evaluate(() => window.seenAt);

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))];
}
