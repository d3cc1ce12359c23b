// What every story has: a hub, somebody signed in, and a page that is watched.
//
// A story fails when its page logs an error, breaks its policy or throws; `look` checks a screen for accessibility and
// keeps a picture of it.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, test as base } from '@playwright/test';
import { ADMIN, startHub } from './hub.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const ALL_RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const COLOUR_RULES = { type: 'rule', values: ['color-contrast'] };

export { ADMIN, expect };

export const test = base.extend({
  /** Stories that name another place than those before them begin with a hub of their own. */
  place: ['', { scope: 'worker', option: true }],

  hub: [
    async ({ place: _ }, use) => {
      const hub = await startHub();
      await use(hub);
      await hub.stop();
    },
    { scope: 'worker' },
  ],

  /** Errors a story expects to see in the console, as parts of their text. */
  expected: async ({}, use) => use([]),

  context: async ({ context, expected }, use) => {
    const complaints = watched(context, expected);
    await use(context);
    expect(complaints, 'the page complained').toEqual([]);
  },

  /** Opens a path, signed in as somebody; without a name as the administrator. */
  open: async ({ page, hub }, use) => {
    await use(async (path, who = ADMIN) => {
      const answer = await page.request.post(`${hub.url}/auth/session`, { data: who });
      expect(answer.status()).toBe(200);
      await page.goto(hub.url + path);
    });
  },

  /** Checks a screen and keeps pictures of it, in the themes and directions named. */
  look: async ({ page }, use) => {
    await use(async (name, { themes = ['light'] } = {}) => {
      for (const theme of themes) {
        await page.evaluate((theme) => (document.documentElement.dataset.theme = theme), theme);
        await page.screenshot({ path: `screenshots/${name}-${theme}.png`, animations: 'disabled' });
        // Between themes only colours differ.
        await accessible(page, `${name}, ${theme}`, theme === themes[0] ? ALL_RULES : COLOUR_RULES);
      }
    });
  },
});

/** What the pages of a browser complain of, but for what is expected. */
export function watched(context, expected) {
  const complaints = [];
  context.on('console', (message) => {
    const known = expected.some((part) => message.text().includes(part));
    if (message.type() === 'error' && !known) complaints.push(message.text());
  });
  context.on('weberror', (thrown) => complaints.push(String(thrown.error())));
  return complaints;
}

/** Looks for what keeps people from using a screen. */
export async function accessible(page, name, runOnly = ALL_RULES) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) {
    // The page's policy allows no script of ours; the browser's own door is open.
    const session = await page.context().newCDPSession(page);
    await session.send('Runtime.evaluate', { expression: await readFile(AXE, 'utf8') });
    await session.detach();
  }
  const violations = await page.evaluate(async (runOnly) => {
    const { violations } = await globalThis.axe.run({ runOnly, resultTypes: ['violations'] });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).join('\n  ')}`);
  }, runOnly);
  expect(violations, `accessibility of ${name}`).toEqual([]);
}
