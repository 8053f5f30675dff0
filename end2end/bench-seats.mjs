// How smoothly a seat map of 3,000 seats goes on while 50 of them change each second: a part of `make bench`. Prints one line of JSON,
// times in milliseconds: frames at the median and at p99, the longest task of the page's scripts, and from the page's beginning to
// seats that can be pressed, with the processor slowed down to a quarter. It fails if a page reports an error meanwhile.

import { enlargeHall } from './database.mjs';
import { call } from './plenum.mjs';
import { Scene, strikeTheSet } from './scene.mjs';
import { quantile } from './stopwatch.mjs';

const SEATS = 3_000;
const EACH = 5; // seats of one command
const PAUSE = 200; // ms for holding these and letting them go: 50 changes a second
const SECONDS = process.env.BENCH_SHORT ? 2 : 10;
const MAP = '/events/1/seats';

/** The ids of all seats; on the wire each is the difference to the one before it. */
const idsOf = (page) =>
  page.evaluate(async () => {
    const { state } = await (await fetch('/fn/box_office/seats?event=1', { headers: { accept: 'application/json' } })).json();
    return state.rows.flatMap(({ i }) => {
      let id = 0;
      return i.map((step) => (id += step));
    });
  });

const scene = await Scene.open({ env: { PLENUM_LIMITS__COMMANDS_PER_MINUTE: '0' } });
try {
  await enlargeHall(scene.server, 1, SEATS);
  const [driver, watcher] = await scene.people('sam', 'lena');
  await driver.page.goto('/messages');
  const seats = await idsOf(driver.page);

  const slow = await watcher.profile.newCDPSession(watcher.page);
  await slow.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  const begun = Date.now();
  await watcher.page.goto(MAP);
  await watcher.page.locator('.seat').nth(SEATS - 1).waitFor({ state: 'attached', timeout: 60_000 });
  const interactive = Date.now() - begun;
  await slow.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await watcher.wire().subscribed('seats.1');

  await watcher.page.evaluate(() => {
    window.frameTimes = [];
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }).observe({ entryTypes: ['longtask'] });
    let last = performance.now();
    const next = (now) => {
      window.frameTimes.push(now - last);
      last = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  const end = Date.now() + SECONDS * 1_000;
  let changed = 0;
  for (let step = 0; Date.now() < end; step++) {
    const wanted = Array.from({ length: EACH }, (_, index) => seats[(step * EACH + index) % seats.length]);
    const due = Date.now() + PAUSE;
    const hold = await call(driver.page, 'box_office/hold', { event: 1, ...Object.fromEntries(wanted.map((id, index) => [`seats[${index}]`, id])) });
    await call(driver.page, 'box_office/release', { event: 1, hold: hold.id });
    changed += 2 * EACH;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - Date.now())));
  }
  const { frames, longest } = await watcher.page.evaluate(() => ({ frames: window.frameTimes.slice(5), longest: window.longest }));
  scene.assertNoErrors();
  console.log(
    JSON.stringify({
      seats: SEATS,
      changed: Math.round(changed / SECONDS),
      median: quantile(frames, 0.5),
      p99: quantile(frames, 0.99),
      longest,
      interactive,
    }),
  );
} finally {
  await scene.close();
  await strikeTheSet();
}
