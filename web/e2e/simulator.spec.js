import { ADMIN, expect, test as base } from './screen.js';
import { floor as floorOf } from './floor.js';

const test = base.extend({
  floor: async ({ hub }, use) => {
    const floor = await floorOf(hub);
    await use(floor);
    await floor.close();
  },
});

test.use({ place: 'simulator' });

const screen = (page) => page.getByRole('log', { name: 'What the customer sees' });
const write = (page) => page.getByRole('textbox', { name: 'Write as the customer' });

test('a customer is played by a script, an agent answers, and the hub says why he was chosen', async ({ page, hub, open, look, floor, browser }) => {
  await floor.line();
  const amina = await floor.person('Amina');
  const context = await browser.newContext({ locale: 'en-GB' });
  const desk = await context.newPage();
  await desk.request.post(`${hub.url}/auth/session`, { data: amina });
  await desk.goto(`${hub.url}/app/desk`);
  await desk.getByRole('button', { name: 'Get ready' }).click();
  await expect(desk.getByRole('button', { name: /^Your state: Ready/ })).toBeVisible();

  await open('/app/admin/simulator');
  await expect(page.getByText('Nothing has been said')).toBeVisible();
  await look('simulator-empty', { themes: ['light', 'dark'] });
  await page.getByRole('textbox', { name: 'Lines' }).fill('write Hello, my router restarts\nwait for an agent\nread\nsend location 52.52, 13.405 Our shop\nwhisper this');
  await expect(page.getByRole('alert')).toContainText('Line 5 is not understood: whisper this');
  await page.getByRole('textbox', { name: 'Lines' }).fill('write Hello, my router restarts\nwait for an agent\nread\nsend location 52.52, 13.405 Our shop\nwait for an agent\nend');
  await page.getByRole('button', { name: 'Play it' }).click();
  await expect(screen(page).getByText('Hello, my router restarts')).toBeVisible();
  await expect(page.getByText('Line 2:')).toBeVisible();

  await expect(desk.getByRole('region', { name: /Request from/ })).toBeVisible();
  await desk.keyboard.press('a');
  await desk.getByRole('textbox', { name: /^Write to/ }).fill('Good morning, which model is it?');
  await desk.keyboard.press('Enter');
  await expect(screen(page).getByText('which model is it?')).toBeVisible();
  await expect(screen(page).getByText('Delivered').last()).toBeVisible();
  await expect(page.getByText('Why this agent')).toBeVisible();
  await expect(page.getByText('Line 5:')).toBeVisible();
  await expect(screen(page).getByText('Our shop')).toBeVisible();
  await look('simulator', { themes: ['light', 'dark'] });
  await expect(desk.getByRole('log').getByText('Our shop')).toBeVisible();
  await expect(desk.getByRole('log').getByText('Read', { exact: true })).toBeVisible();
  await expect(page.getByText('Longest available')).toBeVisible();

  // The page is loaded again in the middle of the chat; the customer still has it on his screen.
  await page.reload();
  await expect(screen(page).getByText('which model is it?')).toBeVisible();
  await expect(screen(page).getByText('Hello, my router restarts')).toHaveCount(1);
  await desk.getByRole('textbox', { name: /^Write to/ }).fill('On my way.');
  await desk.keyboard.press('Enter');
  await expect(screen(page).getByText('On my way.')).toBeVisible();
  await page.getByRole('button', { name: 'End the chat' }).click();
  await expect(screen(page).getByText('The chat has ended')).toBeVisible();
  await context.close();
});

test('buttons are pressed, files are sent, a refusal is said at the message', async ({ page, open, look, floor, expected }) => {
  expected.push('409');
  const of = await floor.queue();
  await floor.line({ of });
  await open('/app/admin/simulator');
  await page.getByRole('combobox', { name: 'Channel' }).click();
  await page.getByRole('option').last().click();
  await expect(page.getByRole('option')).toHaveCount(0);
  await write(page).fill('Is anybody there?');
  await page.keyboard.press('Enter');
  await expect(screen(page).getByText('Sent', { exact: true })).toBeVisible();
  await expect(page.getByText('Why it waits')).toBeVisible();

  await page.getByLabel('A file').setInputFiles({ name: 'bill.txt', mimeType: 'text/plain', buffer: Buffer.from('42 EUR') });
  await expect(screen(page).getByText('bill.txt')).toBeVisible();
  // A script sends what is added to it, or a picture of the simulator's own.
  await page.getByRole('textbox', { name: 'Lines' }).fill('send image\nsend file plan.txt');
  await page.getByRole('button', { name: 'Play it' }).click();
  await expect(page.getByRole('alert')).toContainText('Stopped at line 2: no file is called plan.txt');
  await expect(screen(page).getByRole('img')).toHaveCount(1);
  await page.getByLabel('Files a script can send').setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('Wednesday') });
  await page.getByRole('button', { name: 'Play it' }).click();
  await expect(screen(page).getByText('plan.txt')).toBeVisible();
  await look('simulator-files', { themes: ['light', 'dark'] });
  await page.getByRole('button', { name: 'Send something else' }).click();
  await page.getByRole('menuitem', { name: 'A message of any kind' }).click();
  await page.getByRole('textbox', { name: 'Body' }).fill('{"markdownText": "no type"}');
  await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('alert')).toContainText('no JSON object with a type');
  await page.getByRole('textbox', { name: 'Body' }).fill('{"type": "HOLOGRAM", "markdownText": "Look at this"}');
  await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
  await expect(screen(page).getByText('Look at this')).toBeVisible();

  const channel = (await floor.admin.get('/ccm/channels')).at(-1);
  const buttons = [{ type: 'reply', title: 'Blue', payload: 'colour-blue' }, { type: 'reply', title: 'Red', payload: 'colour-red' }];
  await floor.admin.post('/ccm/message/send', {
    id: crypto.randomUUID(),
    header: {
      sender: { id: 'ada', type: 'AGENT', senderName: 'ada' },
      channelData: { channelCustomerIdentifier: new URL(page.url()).searchParams.get('customer'), serviceIdentifier: channel.serviceIdentifier },
      timestamp: Date.now(),
    },
    body: { type: 'BUTTON', markdownText: 'Which one?', buttonMessageType: 'BUTTON', buttons },
  });
  await screen(page).getByRole('button', { name: 'Blue' }).click();
  await expect(screen(page).getByText('colour-blue')).toBeVisible();

  await page.getByRole('button', { name: 'New customer' }).click();
  await expect(page.getByText('Nothing has been said')).toBeVisible();
  await floor.admin.put(`/ccm/channels/${channel.id}`, { ...channel, enabled: false });
  await write(page).fill('And now?');
  await page.keyboard.press('Enter');
  await expect(screen(page).getByRole('alert')).toContainText('switched off');
  await floor.admin.put(`/ccm/channels/${channel.id}`, { ...channel, enabled: true });
  await screen(page).getByRole('button', { name: 'Try again' }).click();
  await expect(screen(page).getByText('Sent', { exact: true })).toBeVisible();
});
