// What stories at the desk have beside every story's: a contact centre around it, and further agents at desks of their own.

import { expect, test as base, watched } from '../screen.js';
import { floor as floorOf } from '../floor.js';

export { expect };

export const test = base.extend({
  place: ['desk', { scope: 'worker', option: true }],

  /** Opens the desk of somebody else, ready, in a browser of his own. */
  beside: async ({ browser, hub, expected }, use) => {
    const contexts = [];
    const complaints = [];
    await use(async (who) => {
      const context = await browser.newContext({ locale: 'en-GB' });
      contexts.push(context);
      complaints.push(watched(context, expected));
      const page = await context.newPage();
      await page.request.post(`${hub.url}/auth/session`, { data: who });
      await page.goto(`${hub.url}/app/desk`);
      await ready(page);
      return page;
    });
    // Nobody who is still ready is offered the next story's customers.
    await Promise.all(contexts.map((context) => context.close()));
    expect(complaints.flat(), "somebody else's page complained").toEqual([]);
  },

  floor: async ({ hub }, use) => {
    const floor = await floorOf(hub);
    await use(floor);
    await floor.close();
  },

  /** An agent at the desk who serves a customer of a line of his own. */
  serving: async ({ page, open, floor }, use) => {
    await use(async ({ settings = {}, name = 'Jonas Brandt', first = 'My bill is wrong.', ...more } = {}) => {
      const of = await floor.queue(settings);
      const line = await floor.line({ of, ...more });
      const amina = await floor.person('Amina');
      await open('/app/desk', amina);
      await ready(page);
      const writer = line.customer(name);
      await writer.says(first);
      await expect(offer(page, name.split(' ')[0])).toBeVisible();
      await page.keyboard.press('a');
      await expect(log(page).getByText(first)).toBeVisible();
      return { of, line, amina, writer };
    });
  },
});

/** Gets ready at a desk that has just been opened. */
export async function ready(page) {
  await page.getByRole('button', { name: 'Get ready' }).click();
  await expect(page.getByRole('button', { name: /^Your state: Ready/ })).toBeVisible();
}

export const offer = (page, name = 'Jonas') => page.getByRole('region', { name: new RegExp(`Request from ${name}`) });
export const composer = (page) => page.getByRole('textbox', { name: /^Write to/ });
export const log = (page) => page.getByRole('log');

/** One dot. */
export const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

/** Gives files to an element as the mouse or the clipboard does. */
export async function give(element, how, ...files) {
  const all = files.map(({ name, type, content }) => [name, type, [...content]]);
  await element.evaluate(
    (element, [how, all]) => {
      const data = new DataTransfer();
      for (const [name, type, content] of all) data.items.add(new File([Uint8Array.from(content)], name, { type }));
      const about = { bubbles: true, cancelable: true };
      if (how === 'paste') element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, ...about }));
      else for (const event of ['dragover', 'drop']) element.dispatchEvent(new DragEvent(event, { dataTransfer: data, ...about }));
    },
    [how, all],
  );
}
