// The camera at the door: a ticket that is held before it is read and let in, in a browser that reads no codes itself.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { sellSeats } from '../database.mjs';
import { eventually, scenario } from '../harness.mjs';
import { signIn } from '../plenum.mjs';
import { CHROMIUM } from '../scene.mjs';

const DOOR = '/events/1/check-in';
const [WIDTH, HEIGHT] = [640, 480];

/** How bright each point of what the camera sees is: a picture in the middle of a wall. */
async function seen(profile, picture) {
  const page = await profile.newPage();
  const luma = await page.evaluate(
    async ([source, width, height]) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
      context.fillStyle = '#999';
      context.fillRect(0, 0, width, height);
      const side = height / 2;
      context.drawImage(image, (width - side) / 2, (height - side) / 2, side, side);
      const { data } = context.getImageData(0, 0, width, height);
      return Array.from({ length: width * height }, (_, point) => data[point * 4]);
    },
    [`data:image/png;base64,${picture.toString('base64')}`, WIDTH, HEIGHT],
  );
  await page.close();
  return Buffer.from(luma);
}

/** A film of it (YUV4MPEG2), as long as a test likes: the browser begins again at its end. */
function film(luma) {
  const grey = Buffer.alloc((WIDTH * HEIGHT) / 2, 128); // both colours, at half the size
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, grey]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`), ...Array(10).fill(frame)]);
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
    await writeFile(join(folder, 'ticket.y4m'), film(await seen(lena.profile, await code.screenshot())));
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
    const errors = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await signIn(page, 'otto@plenum.example');
    await page.goto(DOOR);
    await page.getByRole('button', { name: 'Scan with the camera' }).click();
    await page.getByLabel('What the camera sees').waitFor();
    const answer = page.locator('.door-answer');
    await answer.getByText('Come in', { exact: true }).waitFor();
    await answer.getByText('Lena Kovač').waitFor();
    // It is held before the camera still, and asked about once. To scan anew is to ask anew.
    await page.getByRole('button', { name: 'Stop scanning' }).click();
    assert.equal(await page.getByText('Already used', { exact: true }).count(), 0);
    await page.getByRole('button', { name: 'Scan with the camera' }).click();
    await answer.getByText('Already used', { exact: true }).waitFor();
    await eventually(async () => assert.equal(await page.locator('.door-counts b').innerText(), '1 of 1 in'));
    assert.deepEqual(errors, []);
  } finally {
    await browser?.close();
    await rm(folder, { recursive: true });
  }
});
