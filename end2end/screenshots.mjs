// Takes the pictures in docs/ anew, from a freshly seeded demo: `make screenshots`.
// It fails if a page reports an error meanwhile.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { openMap, seat } from './box-office.mjs';
import { openConversation, part, send } from './plenum.mjs';
import { Scene, strikeTheSet } from './scene.mjs';
import { ROOT } from './server.mjs';

const DOCS = join(ROOT, 'docs');
const PHONE = { width: 390, height: 780, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

const scene = await Scene.open();
try {
  await mkdir(DOCS, { recursive: true });

  const visitor = await scene.visitor('visitor', { theme: 'light' });
  await visitor.page.goto('/sign-in');
  await picture(visitor.page, 'sign-in');

  // Some are in the room, so that it looks as it does in use; one of them is writing.
  const [ines, tom] = await scene.people('ines', 'tom');
  for (const person of [ines, tom]) {
    await openConversation(person.page, 'General', person.wire());
  }
  await send(ines.page, 'The rehearsal moves to the large hall; doors at seven. Who can help with the chairs?');
  await part.message(tom.page, 'large hall').waitFor();

  for (const theme of ['light', 'dark']) {
    const lena = await scene.person('lena', { theme });
    await openConversation(lena.page, 'General', lena.wire());
    await whileTomTypes(lena.page, () => picture(lena.page, `messages-${theme}`));
    if (theme === 'light') {
      for (const name of ['people', 'settings']) {
        const from = lena.wire().here;
        await lena.page.goto(`/${name}`);
        await lena.wire().connected({ from });
        await picture(lena.page, name);
      }
    }
    await lena.leave();
  }

  const noor = await scene.person('noor', { theme: 'light' });
  await noor.open('/');
  await picture(noor.page, 'today');
  await openMap(noor);
  for (const number of [9, 10]) {
    await seat(noor.page, 'C', number).click();
    await noor.page.getByRole('listitem').filter({ hasText: `Row C, seat ${number}` }).waitFor();
  }
  await picture(noor.page, 'seats');
  await noor.leave();
  const admin = await scene.person('admin', { theme: 'dark' });
  await admin.open('/admin');
  await admin.page.waitForTimeout(12_000); // until the curves have some points
  await picture(admin.page, 'board');
  await admin.leave();

  const phone = await scene.person('lena', { theme: 'light', ...PHONE });
  await openConversation(phone.page, 'General', phone.wire());
  await picture(phone.page, 'phone');
  phone.line.cut();
  await send(phone.page, 'I can, from half past six.');
  await phone.page.getByText(/reached|offline|reconnecting/i).filter({ visible: true }).first().waitFor();
  await picture(phone.page, 'phone-offline');

  async function whileTomTypes(page, take) {
    // Typing is said once in three seconds, and not again to who came in between: he goes on until it shows.
    let seen = false;
    const shown = part.typing(page, 'Tom').waitFor({ timeout: 20_000 }).finally(() => (seen = true));
    while (!seen) {
      await part.composer(tom.page).pressSequentially('I can ');
      await Promise.race([shown, tom.page.waitForTimeout(1_000)]);
    }
    await shown;
    await take();
    await part.composer(tom.page).fill('');
  }

  scene.assertNoErrors();
} finally {
  await scene.close();
  await strikeTheSet();
}

async function picture(page, name) {
  await page.evaluate(() => document.fonts.ready);
  const path = join(DOCS, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  console.log(`docs/${name}.png`);
}
