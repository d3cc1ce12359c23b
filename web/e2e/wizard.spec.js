import { createServer } from 'node:http';
import { expect, test } from './screen.js';

test.use({ place: 'wizard' });

/** A webhook that takes everything, and one that looks at signatures would refuse half. */
async function webhook(status = () => 200) {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status(request)).end());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/in`, close: () => server.close() };
}

test.use({ expected: ['400'] });

test('from nothing to a first message in five steps', async ({ page, hub, open, look }) => {
  const hook = await webhook();
  await open('/app/admin/channels');
  await expect(page.getByText('No channels yet')).toBeVisible();
  await look('channels-empty', { themes: ['light', 'dark'] });
  await page.getByRole('link', { name: 'Connect a channel' }).first().click();

  // 1. The channel type, with a logo.
  await expect(page.getByRole('heading', { name: 'Channel type' })).toBeVisible();
  await page.getByRole('button', { name: 'Make a new one' }).click();
  await page.getByLabel('Name', { exact: true }).fill('PIGEON');
  // What nearly everybody wants is chosen already.
  await expect(page.getByLabel('Media routing domain')).toContainText('CHAT');
  await page.getByLabel('Logo').setInputFiles({ name: 'pigeon.txt', mimeType: 'text/plain', buffer: Buffer.from('a pigeon') });
  await expect(page.getByRole('alert')).toContainText('pigeon.txt is no picture');
  const logo = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  await page.getByLabel('Logo').setInputFiles({ name: 'pigeon.png', mimeType: 'image/png', buffer: Buffer.from(logo, 'base64') });
  await expect(page.getByRole('img', { name: 'Logo' })).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await look('wizard-type', { themes: ['light', 'dark'] });
  await page.getByRole('button', { name: 'Create and go on' }).click();

  // 2. The provider, and what its connectors must be told.
  await expect(page.getByLabel('Webhook')).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await page.getByLabel('Name', { exact: true }).fill('Pigeon Post');
  await page.getByLabel('Webhook').fill(hook.url);
  await page.getByRole('button', { name: 'Add an attribute' }).click();
  await page.getByLabel('Label').fill('API key');
  await expect(page.getByLabel('Key', { exact: true })).toHaveValue('API-KEY');
  await page.getByLabel('Type').last().click();
  await page.getByRole('option', { name: 'Password' }).click();
  await look('wizard-provider');
  await page.getByRole('button', { name: 'Create and go on' }).click();

  // 3. The connector: its form is made from the provider's schema, and a refusal stands beside its field.
  await expect(page.getByLabel('API key')).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('Loft');
  await page.getByLabel('API key').fill('grain');
  await page.getByRole('button', { name: 'Create and go on' }).click();
  await expect(page.getByRole('alert')).toContainText('Must be 8 to 256 characters');
  await expect(page.getByLabel('API key')).toBeFocused();
  await look('wizard-connector-refused');
  await page.getByLabel('API key').fill('grain and water');
  await page.getByRole('button', { name: 'Create and go on' }).click();

  // 4. The channel.
  await expect(page.getByLabel('Service identifier')).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('Pigeons');
  await page.getByLabel('Service identifier').fill('loft-1');
  // What has a default is out of the way until it is asked for, or is what is wrong.
  const wait = page.getByLabel('Longest wait for an agent');
  await expect(wait).toBeHidden();
  await look('wizard-channel', { themes: ['light', 'dark'] });
  await page.getByText('How an agent is found').click();
  await wait.fill('10');
  await page.getByText('How an agent is found').click();
  await expect(wait).toBeHidden();
  await page.getByRole('button', { name: 'Create and go on' }).click();
  await expect(page.getByRole('alert')).toContainText('longer than the ring time');
  await expect(wait).toBeFocused();
  await look('wizard-channel-refused', { themes: ['light', 'dark'] });
  await wait.fill('600');
  await page.getByRole('button', { name: 'Create and go on' }).click();

  // 5. By what customers are recognised.
  await expect(page.getByLabel('Label')).toBeVisible();
  await page.getByRole('button', { name: 'Create and go on' }).click();

  await expect(page.getByText('Waiting for the first message')).toBeVisible();
  const command = await page.getByRole('region', { name: 'A first message by hand' }).textContent();
  const token = /Bearer (tl_\S+)'/.exec(command)[1];

  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByText(`Reached at ${hook.url}`)).toBeVisible();
  await expect(page.getByText('A wrong signature was accepted')).toBeVisible();

  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByText('Customer wrote')).toBeVisible();
  await expect(page.getByText('Delivered').first()).toBeVisible();
  await expect(page.getByText('Waiting for the first message')).toBeVisible();
  await look('wizard-done', { themes: ['light', 'dark'] });

  // What was to be pasted, pasted.
  const body = JSON.parse(/-d '([\s\S]*)'$/.exec(command)[1]);
  const answer = await fetch(`${hub.url}/ccm/message/receive`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  await expect(page.getByText('The first message has come')).toBeVisible();
  hook.close();
});

test('the five steps by keyboard, from field to field', async ({ page, open }) => {
  await open('/app/admin/connect');
  await page.getByRole('button', { name: 'Make a new one' }).press('Enter');
  const write = async (label, text, key) => {
    await expect(page.getByLabel(label, { exact: true })).toBeFocused();
    await page.keyboard.type(text);
    await page.keyboard.press(key);
  };
  await write('Name', 'OWL', 'Enter');
  await expect(page.getByLabel('Webhook')).toBeVisible();
  await write('Name', 'Owl Post', 'Enter');
  await expect(page.getByText('This provider asks for nothing more.')).toBeVisible();
  await write('Name', ' by night', 'Enter');
  await expect(page.getByLabel('Service identifier')).toBeVisible();
  await write('Name', 'Owls', 'Tab');
  await write('Service identifier', 'tree-1', 'Enter');
  await write('Label', '', 'Enter');
  await expect(page.getByText('Waiting for the first message')).toBeInViewport();
});
