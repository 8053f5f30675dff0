// The camera at the door: a ticket that is held before it is read and let in, in a browser that reads no codes itself, whatever else the
// camera sees.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { sellSeats } from '../box-office.mjs';
import { eventually, scenario } from '../harness.mjs';
import { signIn } from '../plenum.mjs';
import { CHROMIUM } from '../scene.mjs';

const DOOR = '/events/1/check-in';
const [WIDTH, HEIGHT] = [320, 240];
/** A picture with what looks like a code seen from an impossible side: the library that reads codes gives up on it with a panic. */
const UNREADABLE = new URL('../pictures/unreadable.png', import.meta.url);

/** How bright each point of what the camera sees is: a picture of this side in the middle of a wall, or all of it. */
async function seen(profile, picture, side = null) {
  const page = await profile.newPage();
  const luma = await page.evaluate(
    async ([source, width, height, side]) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
      context.fillStyle = '#999';
      context.fillRect(0, 0, width, height);
      if (side) context.drawImage(image, (width - side) / 2, (height - side) / 2, side, side);
      else context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      return Array.from({ length: width * height }, (_, point) => data[point * 4]);
    },
    [`data:image/png;base64,${picture.toString('base64')}`, WIDTH, HEIGHT, side],
  );
  await page.close();
  return Buffer.from(luma);
}

/** A film of them (YUV4MPEG2), a second each and as long as a test likes: the browser begins again at its end. */
function film(...pictures) {
  const grey = Buffer.alloc((WIDTH * HEIGHT) / 2, 128); // both colours, at half the size
  const frames = pictures.flatMap((luma) => Array(10).fill(Buffer.concat([Buffer.from('FRAME\n'), luma, grey])));
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`), ...frames]);
}

scenario('a ticket is read with the camera', async (scene) => {
  const lena = await scene.person('lena');
  await sellSeats(scene.server, 'lena@plenum.example', 1);
  await lena.page.goto('/tickets');
  await lena.page.locator('.ticket-row a').first().click();
  const code = lena.page.getByRole('img', { name: /^QR code of ticket/ });
  await code.waitFor();
  const folder = await mkdtemp(join(tmpdir(), 'plenum-film-'));
  let browser;
  try {
    const ticket = await seen(lena.profile, await code.screenshot(), 200);
    const unreadable = await seen(lena.profile, await readFile(UNREADABLE));
    await writeFile(join(folder, 'ticket.y4m'), film(unreadable, ticket));
    browser = await chromium.launch({
      ...CHROMIUM,
      args: [
        ...CHROMIUM.args,
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        `--use-file-for-fake-video-capture=${join(folder, 'ticket.y4m')}`,
      ],
    });
    const page = await browser.newPage({ baseURL: scene.server.origin });
    const [errors, said] = [[], []];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => said.push(message.text()));
    await signIn(page, 'otto@plenum.example');
    await page.goto(DOOR);
    await page.getByRole('button', { name: 'Scan with the camera' }).click();
    await page.getByLabel('What the camera sees').waitFor();
    const answer = page.locator('.door-answer');
    await answer.getByText('Come in', { exact: true }).waitFor();
    await answer.getByText('Lena Kovač').waitFor();
    // What could not be read cost its picture and nothing else. It comes again and again, and so does the ticket: to a door it is one.
    await eventually(() => assert.ok(said.some((text) => /panicked/.test(text)), said.join('\n')));
    await page.getByRole('button', { name: 'Stop scanning' }).click();
    await page.getByRole('button', { name: 'Scan with the camera' }).click();
    await answer.getByText('Already used', { exact: true }).waitFor();
    await eventually(async () => assert.equal(await page.locator('.door-counts b').innerText(), '1 of 1 in'));
    assert.deepEqual(errors, []);
  } finally {
    await browser?.close();
    await rm(folder, { recursive: true });
  }
});
