// Plenum's pages as a person sees them: what things are called, and what one does with them.
// The tests name no selector of their own; a page that is renamed is renamed here.

/** The password of everyone whom `plenum seed` makes. */
export const PASSWORD = 'plenum-demo';

/** The server functions, and the one that sends a message. Those that change something are asked by POST. */
const SERVER_FUNCTIONS = '**/fn/**';
const SENDING = '**/fn/messages/send*';

/** From here on no command of this browser profile gets through; pages and queries do. Returns what lets them through again. */
export async function blockCommands(profile) {
  const block = (route) => (route.request().method() === 'POST' ? route.abort() : route.continue());
  await profile.route(SERVER_FUNCTIONS, block);
  return () => profile.unroute(SERVER_FUNCTIONS, block);
}

/** The next `count` messages reach the server, but its answers are lost. Returns how many have been. */
export async function loseReplies(profile, count) {
  let lost = 0;
  await profile.route(SENDING, async (route) => {
    if (lost >= count) return route.continue();
    lost += 1;
    await route.fetch();
    await route.abort();
  });
  return () => lost;
}

/**
 * The server does this browser profile's next command of `endpoint`, but its answer stays on its way: `done` is the answer's status, once the
 * server has given it; `lose` breaks the connection that the page waits on. What is sent after that is as ever.
 */
export async function keepReply(profile, endpoint) {
  let answered;
  let lose;
  const done = new Promise((resolve) => (answered = resolve));
  const lost = new Promise((resolve) => (lose = resolve));
  const keep = async (route) => {
    const reply = await route.fetch();
    answered(reply.status());
    await lost;
    await route.abort('connectionreset');
  };
  await profile.route(`**/fn/${endpoint}`, keep, { times: 1 });
  return { done, lose };
}

/** From here on the server refuses what this browser profile sends, for this reason. Returns what lets it through again. */
export async function refuseMessages(profile, message) {
  const refuse = (route) => route.fulfill({ status: 403, json: { kind: 'forbidden', message } });
  await profile.route(SENDING, refuse);
  return () => profile.unroute(SENDING, refuse);
}

/** The next query of `endpoint` that this page makes is answered with an error. Returns whether that has happened. */
export async function failOnce(page, endpoint) {
  let failed = false;
  const fail = (route) => {
    failed = true;
    return route.fulfill({ status: 500, json: { kind: 'internal', message: 'Something went wrong.' } });
  };
  await page.route(`**/fn/${endpoint}*`, fail, { times: 1 });
  return () => failed;
}

/** The parts of a page, by the names that assistive technology reads out. */
export const part = {
  email: (page) => page.getByLabel('E-mail', { exact: true }),
  password: (page) => page.getByLabel('Password', { exact: true }),
  signIn: (page) => page.getByRole('button', { name: 'Sign in', exact: true }),
  conversation: (page, name) => page.getByRole('link', { name: new RegExp(`\\b${name}\\b`) }).first(),
  log: (page) => page.getByRole('log'),
  composer: (page) => page.getByRole('textbox', { name: /Message/ }),
  send: (page) => page.getByRole('button', { name: 'Send', exact: true }),
  typing: (page, name) => page.getByText(new RegExp(`${name}\\b.* (is|are) typing`, 'i')).first(),
  message: (page, text) => part.log(page).locator('[data-message-id]').filter({ hasText: text }),
  action: (page, text, name) => part.message(page, text).getByRole('button', { name }),
  reaction: (page, text, emoji) => part.message(page, text).getByRole('button', { name: new RegExp(emoji) }),
  pending: (page, text) => part.log(page).locator('article:not([data-message-id])').filter({ hasText: text }),
  title: (page) => page.locator('.pane-thread h1'),
  menu: (page) => page.getByLabel('More about this conversation'),
  menuItem: (page, name) => page.locator('details[open] .menu').getByText(name, { exact: true }),
  panel: (page) => page.getByRole('complementary'),
  member: (page, name) => part.panel(page).getByRole('listitem').filter({ hasText: name }),
  alert: (page, text) => page.getByRole('alert').filter({ hasText: text }),
  banner: (page) => page.locator('.banner[role="status"]'),
  row: (page, name) => page.getByRole('navigation', { name: 'Conversations' }).getByRole('link').filter({ hasText: name }),
};

/** A part of a page that has a name of its own: the whole name. */
export const region = (within, name) => within.getByRole('region', { name, exact: true });

/** Signs someone in through the form, and waits until the next page is there. */
export async function signIn(page, email, password = PASSWORD) {
  await page.goto('/sign-in');
  await part.email(page).fill(email);
  await part.password(page).fill(password);
  await part.signIn(page).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

/**
 * Opens a conversation from the list and waits until it is live in this tab.
 * Without a `wire` (scripts are off, or another browser) until its messages are there.
 */
export async function openConversation(page, name, wire = null) {
  const from = wire?.here ?? 0;
  await page.goto('/messages');
  await part.conversation(page, name).click();
  await page.waitForURL(/\/messages\/\d+/);
  await part.log(page).waitFor({ state: 'attached' }); // an empty one has no height
  const id = conversationId(page);
  if (wire) await wire.subscribed(`private-conversation.${id}`, { from });
  return id;
}

/** The conversation that a page shows. */
export function conversationId(page) {
  return Number(new URL(page.url()).pathname.match(/^\/messages\/(\d+)/)?.[1]);
}

/** Writes a message and sends it; does not wait for what becomes of it. */
export async function send(page, text) {
  await part.composer(page).fill(text);
  await part.send(page).click();
}

/** Chooses something from the menu of the conversation that is open. */
export async function choose(page, name) {
  await part.menu(page).click();
  await part.menuItem(page, name).click();
}

/** Opens a panel beside the conversation that is open: `people` or `about`. */
export async function openPanel(page, panel) {
  if (panel === 'people') await page.getByRole('link', { name: /^\d+ members?$/ }).click();
  else await choose(page, /^(Name and topic|Details)$/);
  await part.panel(page).waitFor();
}

/** Makes a room and waits until its page is there. */
export async function createRoom(page, name, { topic = '', isPrivate = false } = {}) {
  await page.goto('/messages/new');
  const form = page.getByRole('region', { name: 'New room' });
  await form.getByLabel('Name', { exact: true }).fill(name);
  await form.getByLabel('Topic', { exact: true }).fill(topic);
  if (isPrivate) await form.getByRole('switch').check();
  await form.getByRole('button', { name: 'Create the room' }).click();
  await page.waitForURL(/\/messages\/\d+/);
  await part.log(page).waitFor({ state: 'attached' });
  return conversationId(page);
}

/** Finds somebody for the conversation that is open, and adds them. */
export async function invite(page, name) {
  await openPanel(page, 'people');
  const [search, add] = [part.panel(page).getByRole('searchbox', { name: 'Add people' }), part.panel(page).getByRole('button', { name: `Add ${name}` })];
  // What is typed before the panel is alive is not searched for.
  for (let tries = 0; tries < 10 && !(await add.isVisible()); tries += 1) {
    await search.fill('');
    await search.fill(name);
    await add.waitFor({ timeout: 1_000 }).catch(() => {});
  }
  await add.click();
  await part.member(page, name).getByRole('link').waitFor();
}

/** Calls a command of the browser's private API from a page, as its scripts do. */
export function call(page, endpoint, fields) {
  return page.evaluate(
    async ([endpoint, fields]) => {
      const answer = await fetch(`/fn/${endpoint}`, {
        method: 'POST',
        headers: { accept: 'application/json' },
        body: new URLSearchParams(fields),
      });
      if (!answer.ok) throw new Error(`${endpoint}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    [endpoint, fields],
  );
}

/** Does something to a message that its buttons offer; they may show on hover only. */
export async function act(page, text, name) {
  await part.message(page, text).hover();
  await part.action(page, text, name).first().click();
}

/**
 * Which numbered messages ("offline-1", "offline-2", …) a page shows, in the order of the page:
 * those that have been sent, with every repetition, and those that are pending.
 */
export function messagesOf(page, prefix) {
  return part.log(page).evaluate((log, prefix) => {
    const sent = [];
    const pending = [];
    const texts = document.createTreeWalker(log, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const there = texts.currentNode.parentElement.closest('[data-message-id]') ? sent : pending;
      for (const [found] of texts.currentNode.data.matchAll(new RegExp(`${prefix}-\\d+`, 'g'))) there.push(found);
    }
    return { sent, pending };
  }, prefix);
}

/** What a message's own element says, in text or to assistive technology. */
export function wordsOf(page, text) {
  return part.message(page, text).evaluate((message) => {
    const named = [message, ...message.querySelectorAll('[aria-label], [title]')];
    return [message.textContent, ...named.flatMap((e) => [e.getAttribute('aria-label'), e.title])].filter(Boolean).join('\n');
  });
}

/** Notes that this document is the one it is now; `sameDocument` tells whether it still is. */
export function markDocument(page) {
  return page.evaluate(() => void (window.sameDocument = true));
}

export function sameDocument(page) {
  return page.evaluate(() => window.sameDocument === true);
}
