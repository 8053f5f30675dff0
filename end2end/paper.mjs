// What a page is on paper: the sheets that a printer would get, and the code that a camera reads from one.

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import jsQR from 'jsqr';

const run = promisify(execFile);

/** Prints a page on A4; returns each sheet as a picture (PNG, 100 dots an inch) and as text. */
export async function sheetsOf(page) {
  const folder = await mkdtemp(join(tmpdir(), 'plenum-paper-'));
  try {
    const file = join(folder, 'page.pdf');
    await writeFile(file, await page.pdf({ format: 'A4' }));
    await run('pdftoppm', ['-r', '100', '-png', file, join(folder, 'sheet')]);
    const names = (await readdir(folder)).filter((name) => name.endsWith('.png')).sort();
    return await Promise.all(
      names.map(async (name, index) => {
        const { stdout: text } = await run('pdftotext', ['-f', String(index + 1), '-l', String(index + 1), '-layout', file, '-']);
        return { picture: await readFile(join(folder, name)), text };
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The text in the QR code of a picture, read as a camera does; `page` decodes the picture. Null if there is none. */
export async function codeIn(page, picture) {
  const { width, height, points } = await page.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const { naturalWidth: width, naturalHeight: height } = image;
    const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
    context.drawImage(image, 0, 0);
    const points = btoa(Array.from(context.getImageData(0, 0, width, height).data, (byte) => String.fromCharCode(byte)).join(''));
    return { width, height, points };
  }, `data:image/png;base64,${picture.toString('base64')}`);
  return jsQR(new Uint8ClampedArray(Buffer.from(points, 'base64')), width, height)?.data ?? null;
}
