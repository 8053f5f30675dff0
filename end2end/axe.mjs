// What axe finds on a page as it stands.

import axe from 'axe-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Of these, those whose answer depends on colours: all that another colour scheme can change. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];
const WIDTHS = [1280, 360];

/** Violations in one line each; and that the page is wider than its screen. */
export async function violations(page) {
  return find(page, { type: 'tag', values: RULES });
}

/**
 * The same on a wide screen and on a phone, light and dark: one load of the page, whose colours follow the system. In the dark only the
 * rules are asked that look at colours.
 */
export async function audit(page) {
  const found = [];
  const before = page.viewportSize();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      const only = colorScheme === 'light' ? { type: 'tag', values: RULES } : { type: 'rule', values: COLOUR_RULES };
      found.push(...(await find(page, only)).map((violation) => `${colorScheme}, at ${width} px: ${violation}`));
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(before);
  return found;
}

/** Says if the page is wider than a phone. */
export async function tooWide(page) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: Math.min(...WIDTHS), height: before.height });
  const found = await width(page);
  await page.setViewportSize(before);
  return found;
}

async function find(page, runOnly) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const found = await page.evaluate(async (runOnly) => {
    const { violations } = await window.axe.run(document, { runOnly, resultTypes: ['violations'] });
    return violations.map(({ id, help, nodes }) => `${id}, ${help}: ${nodes.map(({ target }) => target.join(' ')).join('; ')}`);
  }, runOnly);
  return [...found, ...(await width(page))];
}

async function width(page) {
  const [needs, has] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  return needs > has ? [`the page is ${needs} px wide on a screen of ${has}`] : [];
}

/**
 * How a page is built, whatever it says: its elements in order with their classes, roles and states, and which of them have text. Two pages
 * that are built alike give axe the same answers.
 */
export function structure(page) {
  return page.evaluate(() => {
    const states = /^(role|type|disabled|hidden|open|aria-(?!label|describedby|controls|owns))/;
    const said = (element, name) => (states.test(name) ? `${name}=${element.getAttribute(name)}` : name);
    const parts = [];
    const elements = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT);
    for (let element = elements.currentNode; element; element = elements.nextNode()) {
      let depth = 0;
      for (let above = element; above !== document.body; above = above.parentElement) depth += 1;
      const text = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
      const attributes = element.getAttributeNames().filter((name) => name !== 'class').sort().map((name) => said(element, name));
      parts.push(`${depth}${element.tagName}.${element.getAttribute('class') ?? ''}[${attributes}]${text ? 'text' : ''}`);
    }
    return parts.join('\n');
  });
}
