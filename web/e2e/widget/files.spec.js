// Files, in both directions.

import { expect, test } from './scene.js';

/** One grey dot. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==', 'base64');
const picture = { name: 'tent.png', mimeType: 'image/png', buffer: PNG };

const heardFile = async (agent, type) => {
  const { cimEvent } = await agent.next('onCimEvent', ({ cimEvent }) => JSON.parse(cimEvent).data?.body?.type === type);
  return JSON.parse(cimEvent).data.body;
};

test('files are chosen, dropped and pasted; what may be sent is said before', async ({ chat, widget, agent, page }) => {
  await chat.running(await widget(), agent);
  const attach = page.getByRole('button', { name: 'Attach a file' });
  await expect(attach).toHaveAccessibleDescription(/^Files up to 5 MB: png, /);
  const choosing = page.waitForEvent('filechooser');
  await attach.click();
  await (await choosing).setFiles(picture);
  const sent = await heardFile(agent, 'IMAGE');
  expect(sent.attachment).toMatchObject({ mimeType: 'image/png', size: PNG.length });
  await expect(chat.log.getByRole('img', { name: 'tent.png' })).toBeVisible();

  const give = (event, name, content) =>
    page.evaluate(
      ([event, name, content]) => {
        const data = new DataTransfer();
        data.items.add(new File([content], name, { type: 'text/plain' }));
        const root = document.querySelector('tieline-chat').shadowRoot;
        const more = { bubbles: true, cancelable: true, composed: true };
        if (event === 'paste') root.querySelector('.field').dispatchEvent(new ClipboardEvent(event, { clipboardData: data, ...more }));
        else root.querySelector('.log').dispatchEvent(new DragEvent(event, { dataTransfer: data, ...more }));
      },
      [event, name, content],
    );
  await give('drop', 'list.txt', 'a tent');
  expect((await heardFile(agent, 'FILE')).attachment.mimeType).toBe('text/plain');
  const link = chat.log.getByRole('link', { name: /list.txt/ });
  const content = await (await fetch(await link.getAttribute('href'))).text();
  expect(content).toBe('a tent');
  await give('paste', 'pasted.txt', 'pegs');
  await expect(chat.log.getByRole('link', { name: /pasted.txt/ })).toBeVisible();
});

test('what cannot be sent says why and can be put away', async ({ chat, widget, agent, page, expected, look }) => {
  expected.push('400', '415', '422');
  await chat.running(await widget(), agent);
  const input = chat.panel.locator('input[type=file]');
  const bounds = chat.panel.getByText(/^Files up to 5 MB: png, /);
  await expect(bounds).toBeHidden();
  await input.setInputFiles([
    { name: 'run.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') },
    { name: 'huge.txt', mimeType: 'text/plain', buffer: Buffer.alloc(5 * 1024 * 1024 + 1, 'x') },
    { name: 'fake.png', mimeType: 'image/png', buffer: Buffer.from('no picture') },
  ]);
  await expect(chat.panel.getByText('Files such as run.exe are not accepted.')).toBeVisible();
  await expect(chat.panel.getByText('huge.txt is larger than 5 MB.')).toBeVisible();
  await expect(chat.panel.getByText(/^fake.png could not be sent. .+/)).toBeVisible();
  await expect(bounds).toBeVisible();
  await look('files-refused', { schemes: ['light'] });
  for (const name of ['run.exe', 'huge.txt', 'fake.png']) await page.getByRole('button', { name: `Remove: ${name}` }).click();
  await expect(chat.panel.locator('.upload')).toHaveCount(0);
  await expect(bounds).toBeHidden();
  await chat.says('Then without.');
  await chat.sees('Then without.');
});
