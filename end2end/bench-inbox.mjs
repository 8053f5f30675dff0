// From a mention that is sent in one browser to its line in the inbox that another shows: a part of `make bench`. Prints one line of
// JSON, times in milliseconds. It fails if a page reports an error meanwhile.

import { openConversation, part } from './plenum.mjs';
import { Scene, strikeTheSet } from './scene.mjs';
import { lookOutFor, press, quantile, seen } from './stopwatch.mjs';

const NOTIFICATIONS = process.env.BENCH_SHORT ? 5 : 50;
const WARM_UP = process.env.BENCH_SHORT ? 1 : 5; // the first ones compile code in both pages

const scene = await Scene.open({ env: { PLENUM_LIMITS__COMMANDS_PER_MINUTE: '0', PLENUM_LIMITS__MARKS_PER_MINUTE: '0' } });
try {
  const [lena, sam] = await scene.people('lena', 'sam');
  await openConversation(sam.page, 'General', sam.wire());
  const from = lena.wire().here;
  await lena.page.goto('/inbox');
  await lena.wire().connected({ from });
  const visible = [];
  const answered = [];
  for (let number = 1; number <= WARM_UP + NOTIFICATIONS; number++) {
    const text = `bench-${number}.`;
    await lookOutFor(lena.page.getByRole('main'), '.notice-row', text, { first: true });
    await lookOutFor(part.log(sam.page), '[data-message-id]', text);
    await part.composer(sam.page).fill(`@Lena Kovač the hall is free until ${text}`);
    const sent = await press(sam.page);
    const [atLena, atSam] = await Promise.all([lena, sam].map(({ page }) => seen(page)));
    if (number <= WARM_UP) continue;
    visible.push(atLena - sent);
    answered.push(atSam - sent);
  }
  scene.assertNoErrors();
  const figures = { median: quantile(visible, 0.5), p99: quantile(visible, 0.99), answered: quantile(answered, 0.5) };
  console.log(JSON.stringify({ notifications: NOTIFICATIONS, ...figures }));
} finally {
  await scene.close();
  await strikeTheSet();
}
