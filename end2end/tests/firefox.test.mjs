// One walk through the main path in Firefox, driven over WebDriver BiDi: what Chromium forgives
// shows here.

import assert from 'node:assert/strict';

import puppeteer from 'puppeteer-core';

import { scenario } from '../harness.mjs';
import { openConversation, part, PASSWORD, send } from '../plenum.mjs';

const FIREFOX = {
  browser: 'firefox', // over WebDriver BiDi
  executablePath: process.env.PLENUM_FIREFOX ?? '/usr/bin/firefox-esr',
  headless: true,
};

// Noor in Firefox and Tom in Chromium sign in and talk to each other without reloading.
scenario('Firefox and Chromium talk', async (scene) => {
  const tom = await scene.person('tom');
  await openConversation(tom.page, 'General', tom.wire());

  const firefox = await puppeteer.launch(FIREFOX);
  try {
    const page = await firefox.newPage();
    const errors = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));

    await page.goto(`${scene.server.origin}/sign-in`);
    await allIsThere(page);
    await page.locator('::-p-aria([name="E-mail"][role="textbox"])').fill('noor@plenum.example');
    await page.locator('input[type=password]').fill(PASSWORD);
    await Promise.all([page.waitForNavigation(), page.locator('::-p-aria([name="Sign in"][role="button"])').click()]);
    await allIsThere(page);

    await page.goto(tom.page.url());
    await send(tom.page, 'firefox-1');
    await page.waitForSelector('[role=log] ::-p-text(firefox-1)');
    await page.evaluate(() => void (window.sameDocument = true));
    await page.locator('textarea').fill('firefox-2');
    await page.locator('::-p-aria([name="Send"][role="button"])').click();
    await part.message(tom.page, 'firefox-2').waitFor();
    await page.waitForSelector('[role=log] [data-message-id] ::-p-text(firefox-2)');
    await send(tom.page, 'firefox-3');
    await page.waitForSelector('[role=log] [data-message-id] ::-p-text(firefox-3)');
    assert.equal(await page.evaluate(() => window.sameDocument), true, 'the page was not loaded again');
    assert.deepEqual(errors, []);
  } finally {
    await firefox.close();
  }
});

// Firefox reports an error for scripts that were on their way when a page is left.
function allIsThere(page) {
  return page.waitForNetworkIdle();
}
