import { expect, test as base } from './screen.js';
import { floor as floorOf } from './floor.js';

const test = base.extend({
  /** Opens the desk of somebody else, in a browser of his own. */
  beside: async ({ browser, hub }, use) => {
    const contexts = [];
    await use(async (who) => {
      const context = await browser.newContext({ locale: 'en-GB' });
      contexts.push(context);
      const page = await context.newPage();
      await page.request.post(`${hub.url}/auth/session`, { data: who });
      await page.goto(`${hub.url}/app/desk`);
      await ready(page);
      return page;
    });
    // Nobody who is still ready is offered the next story's customers.
    await Promise.all(contexts.map((context) => context.close()));
  },

  floor: async ({ hub }, use) => {
    const floor = await floorOf(hub);
    await use(floor);
    await floor.close();
  },
});

test.use({ place: 'desk' });

/** Gets ready at a desk that has just been opened. */
async function ready(page) {
  await page.getByRole('button', { name: 'Get ready' }).click();
  await expect(page.getByRole('button', { name: /^Your state: Ready/ })).toBeVisible();
}

const offer = (page, name = 'Jonas') => page.getByRole('region', { name: new RegExp(`Request from ${name}`) });
const composer = (page) => page.getByRole('textbox', { name: /^Write to/ });
const log = (page) => page.getByRole('log');

test('a chat: it rings, is answered, read and closed', async ({ page, open, look, floor }) => {
  const { customer } = await floor.line();
  const amina = await floor.person('Amina');
  await open('/app/desk', amina);
  await expect(page.getByText('You are not ready')).toBeVisible();
  await look('desk-resting', { themes: ['light', 'dark'] });
  await ready(page);
  await look('desk-quiet');

  const jonas = customer('Jonas Brandt');
  await jonas.says('Hello, my *router* keeps restarting. See https://example.org/router');
  await expect(offer(page)).toBeVisible();
  await expect(offer(page).getByRole('timer')).toBeVisible();
  await look('desk-offer', { themes: ['light', 'dark'] });
  await page.keyboard.press('a');
  await expect(log(page).getByText('keeps restarting')).toBeVisible();
  await expect(log(page).locator('strong')).toHaveText('router');
  await expect(offer(page)).toHaveCount(0);

  await composer(page).fill('Good morning, I am looking into it.');
  await page.keyboard.press('Enter');
  await expect(log(page).getByText('I am looking into it')).toBeVisible();
  await expect(log(page).getByText('Sent')).toBeVisible();
  await expect.poll(floor.texts).toEqual(['Good morning, I am looking into it.']);
  const answer = floor.delivered.find(({ body }) => body.markdownText?.startsWith('Good morning'));
  await jonas.reports(answer.id, 'READ');
  await expect(log(page).getByText('Read', { exact: true })).toBeVisible();
  await jonas.types();
  await expect(log(page).getByText('is typing…')).toBeVisible();
  await jonas.says('Thank you!');
  await expect(log(page).getByText('Thank you!')).toBeVisible();
  await look('desk-conversation', { themes: ['light', 'dark'] });

  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
  await expect(page.getByText('All quiet')).toBeVisible();
});

/** An agent who serves a customer of a line of his own. */
async function serving({ page, open, floor }, { settings = {}, name = 'Jonas Brandt', first = 'My bill is wrong.' } = {}) {
  const of = await floor.queue(settings);
  const line = await floor.line({ of });
  const amina = await floor.person('Amina');
  await open('/app/desk', amina);
  await ready(page);
  const writer = line.customer(name);
  await writer.says(first);
  await expect(offer(page, name.split(' ')[0])).toBeVisible();
  await page.keyboard.press('a');
  await expect(log(page).getByText(first)).toBeVisible();
  return { of, line, amina, writer };
}

test('an offer that is not taken rings at somebody else', async ({ page, open, beside, floor }) => {
  const line = await floor.line({ ringSecs: 3 });
  const [amina, omar] = [await floor.person('Amina'), await floor.person('Omar')];
  await open('/app/desk', amina);
  await ready(page);
  await line.customer('Jonas Brandt').says('Is anybody there?');
  await expect(offer(page)).toBeVisible();
  const other = await beside(omar);
  await expect(offer(page)).toHaveCount(0);
  await expect(offer(other)).toBeVisible();
  await other.keyboard.press('a');
  await expect(log(other).getByText('Is anybody there?')).toBeVisible();
});

test('a colleague is consulted unseen, and takes over', async ({ page, open, beside, floor, look }) => {
  const { writer } = await serving({ page, open, floor });
  const omar = await floor.person('Omar');
  const other = await beside(omar);

  await page.keyboard.press('c');
  await expect(page.getByRole('dialog', { name: 'Consult' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Whom' }).fill(omar.username);
  await page.getByRole('textbox', { name: 'Note' }).fill('Bill of March');
  await look('desk-consult', { themes: ['light', 'dark'] });
  await page.getByRole('dialog').getByRole('button', { name: 'Consult' }).click();
  await expect(page.getByText(`Waiting for ${omar.username} to come`)).toBeVisible();
  await expect(offer(other).getByText('asks for your advice')).toBeVisible();
  await expect(offer(other).getByText('Bill of March')).toBeVisible();
  await other.keyboard.press('a');
  await expect(page.getByText('Omar (Advisor)')).toBeVisible();
  await other.getByRole('textbox', { name: 'Write to the agents' }).fill('It was charged twice.');
  await other.keyboard.press('Enter');
  await expect(log(page).getByText('It was charged twice.')).toBeVisible();
  await look('desk-whisper');

  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Omar takes over' }).click();
  await expect(page.getByText('All quiet')).toBeVisible();
  await other.getByRole('textbox', { name: /^Write to Jonas/ }).fill('I take over.');
  await other.keyboard.press('Enter');
  await expect.poll(floor.texts).toEqual(['I take over.']);
  await writer.says('Thanks');
  await expect(log(other).getByText('Thanks')).toBeVisible();
});

test('a conversation is transferred to a queue', async ({ page, open, beside, floor }) => {
  const { of } = await serving({ page, open, floor });
  const other = await beside(await floor.person('Omar'));
  await page.getByRole('button', { name: 'Transfer' }).click();
  await page.getByRole('textbox', { name: 'Whom' }).fill(of.name);
  await page.getByRole('dialog').getByRole('button', { name: 'Transfer' }).click();
  await expect(page.getByText('Passed on.')).toBeVisible();
  await expect(offer(other).getByText('transfers the customer to you')).toBeVisible();
  await other.getByRole('button', { name: /^Accept/ }).click();
  await expect(log(other).getByText('My bill is wrong.')).toBeVisible();
});

test('the hub restarts in mid-sentence: nothing typed is lost, and what is sent arrives once', async ({ page, open, hub, floor, expected, look }) => {
  expected.push('ERR_CONNECTION', 'WebSocket', 'Failed to load resource');
  const { writer } = await serving({ page, open, floor });
  await composer(page).fill('Let me loo');
  await hub.halt('SIGKILL');
  await composer(page).pressSequentially('k into that.');
  await page.keyboard.press('Enter');
  await expect(log(page).getByText('Sending…')).toBeVisible();
  await composer(page).fill('And the next thing I ty');
  await expect(page.getByText('The hub cannot be reached. 1 waiting to be sent.')).toBeVisible();
  await look('desk-lost', { themes: ['light', 'dark'] });
  await hub.serve();
  await expect(log(page).getByText('Sent', { exact: true })).toBeVisible({ timeout: 15_000 });
  await expect(composer(page)).toHaveValue('And the next thing I ty');
  await writer.says('Good.');
  await expect(log(page).getByText('Good.')).toBeVisible();
  expect(floor.texts()).toEqual(['Let me look into that.']);

  await page.reload();
  await expect(composer(page)).toHaveValue('And the next thing I ty');
  await expect(log(page).getByText('Let me look into that.')).toHaveCount(1);
});

test('a whole chat without the mouse', async ({ page, open, floor }) => {
  await floor.admin.post('/unified-admin/canned-messages', { name: 'greeting', language: 'en', category: 'General', text: 'Good morning {name}, how can I help?' });
  const line = await floor.line();
  await open('/app/desk', await floor.person('Amina'));
  await expect(page.getByText('You are not ready')).toBeVisible();
  await page.keyboard.press('s');
  await page.keyboard.press('Enter');
  await expect(page.getByText('All quiet')).toBeVisible();
  for (const name of ['Jonas', 'Mira']) {
    await line.customer(`${name} Brandt`).says(`I am ${name}.`);
    await expect(offer(page, name)).toBeVisible();
    await page.keyboard.press('a');
    await expect(log(page).getByText(`I am ${name}.`)).toBeVisible();
  }
  await page.keyboard.press('k');
  await expect(log(page).getByText('I am Jonas.')).toBeVisible();
  await page.keyboard.press('r');
  await page.keyboard.type('/greet');
  await expect(page.getByRole('option', { name: /greeting/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(composer(page)).toHaveValue('Good morning Jonas Brandt, how can I help?');
  await page.keyboard.press('Enter');
  await expect.poll(floor.texts).toEqual(['Good morning Jonas Brandt, how can I help?']);
  await page.keyboard.press('Control+ArrowDown');
  await expect(log(page).getByText('I am Mira.')).toBeVisible();
  await page.keyboard.press('?');
  await page.locator('body').press('Escape');
  await page.keyboard.press('e');
  await expect(page.getByRole('dialog', { name: /^Leave/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-conversation]')).toHaveCount(1);
  await page.keyboard.press('j');
  await expect(log(page).getByText('I am Jonas.')).toBeVisible();
});

const FILE = (name) => `/file-engine/api/downloadFileStream?filename=${name}`;
const BODIES = [
  [{ type: 'IMAGE', caption: 'The router', attachment: { mediaUrl: FILE('gone.png'), mimeType: 'image/png', size: 20480 } }, 'The router'],
  [{ type: 'FILE', attachment: { mediaUrl: FILE('bill.pdf'), mimeType: 'application/pdf', size: 51200 }, additionalDetails: { fileName: 'bill.pdf' } }, 'bill.pdf'],
  [{ type: 'LOCATION', location: { latitude: 52.52, longitude: 13.405 }, markdownText: 'Our shop' }, 'Our shop'],
  [{ type: 'CONTACT', contacts: [{ name: { formattedName: 'Mira Vogt' }, phones: [{ phone: '+49 30 555' }] }] }, 'Mira Vogt'],
  [{ type: 'URL', mediaUrl: 'https://example.org/help', markdownText: 'https://example.org/help' }, 'https://example.org/help'],
  [{ type: 'BUTTON', markdownText: 'Which one?', buttons: [{ title: 'Blue', payload: 'b', type: 'reply' }, { title: 'Red', payload: 'r', type: 'reply' }], buttonMessageType: 'BUTTON' }, 'Which one?'],
  [{ type: 'CAROUSEL', carouselMessageType: 'GENERIC_RICH_MEDIA', elements: [{ text: 'Router X', url: '', buttons: [] }] }, 'Router X'],
  [{ type: 'RECEIPT', templateType: 'receipt', merchantName: 'Shop', orderNumber: '4711', currency: 'EUR', elements: [{ title: 'Router', quantity: 1, price: 99, currency: 'EUR' }], summary: { subtotal: 99, totalCost: 99 } }, '4711'],
  [{ type: 'EMAIL', subject: 'Bill of March', from: 'jonas@example.org', recipientsTo: ['care@example.org'], htmlBody: '<p>Please explain <b>item 3</b>.</p>' }, 'Please explain item 3.'],
  [{ type: 'HOLOGRAM', markdownText: '', depth: 3 }, 'HOLOGRAM'],
  [{ type: 'PLAIN', markdownText: '<img src=x onerror="alert(1)"> <b>not bold</b>' }, '<b>not bold</b>'],
];

test.describe('what customers send', () => {
  test.use({ expected: ['404', '403'] });

  test('every kind of message is shown, and HTML is text', async ({ page, open, floor, look }) => {
    const { writer } = await serving({ page, open, floor });
    for (const [body, words] of BODIES) {
      await writer.post(body);
      await expect(log(page).getByText(words).first()).toBeVisible();
    }
    expect(await log(page).locator('b, script').count()).toBe(0);
    await look('desk-bodies', { themes: ['light', 'dark'] });
    await log(page).hover();
    await page.mouse.wheel(0, -250);
    await expect(page.getByRole('button', { name: 'To the newest' })).toBeVisible();
    await writer.says('And one more.');
    await page.getByRole('button', { name: '1 new' }).click();
    await expect(log(page).getByText('And one more.')).toBeInViewport();
    await expect(page.getByRole('button', { name: 'To the newest' })).toHaveCount(0);
    await page.keyboard.press('i');
    await expect(page.getByRole('complementary', { name: 'Customer' })).toBeVisible();
    await expect(log(page).getByText('And one more.'), 'the end stays in sight').toBeInViewport();
    await look('desk-customer', { themes: ['light', 'dark'] });
    await floor.admin.post('/cim-customer/customers', { firstName: 'Jonas of Berlin', phoneNumber: ['+49 30 1'] });
    await page.getByRole('button', { name: 'Link' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('of Berlin');
    await page.getByRole('button', { name: 'This one' }).click();
    await expect(page.getByRole('heading', { name: 'Jonas of Berlin' })).toBeVisible();
  });
});

test('files are attached by paste, and what the hub refuses is said at the file', async ({ page, open, floor, expected }) => {
  expected.push('415', '400', '422');
  await serving({ page, open, floor });
  const paste = (name, type, content) =>
    composer(page).evaluate(
      (box, [name, type, content]) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(content)], name, { type }));
        box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
      },
      [name, type, content],
    );
  const PNG = [...Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')];
  await paste('plan.png', 'image/png', PNG);
  await expect(page.getByRole('button', { name: 'Remove plan.png' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled();
  await paste('evil.png', 'image/png', [...Buffer.from('MZ this is no picture')]);
  await expect(page.getByText(/evil\.png was not taken/)).toBeVisible();
  await page.getByRole('button', { name: 'Remove evil.png' }).click();
  await composer(page).fill('The plan');
  await page.keyboard.press('Enter');
  await expect(log(page).getByRole('img', { name: 'plan.png' })).toBeVisible();
  await expect.poll(() => floor.delivered.filter(({ body }) => body.type === 'IMAGE').length).toBe(1);
  await expect.poll(floor.texts).toEqual(['The plan']);
});

test('a conversation is paused, noted and wrapped up', async ({ page, open, floor, look }) => {
  const { writer } = await serving({ page, open, floor }, { settings: { wrapUp: { enabled: true, seconds: 60 } } });
  await page.keyboard.press('p');
  await expect(page.getByText(/^Paused\. Goes on in/)).toBeVisible();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByText(/^Paused\. Goes on in/)).toHaveCount(0);
  await page.keyboard.press('n');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Note' }).fill('Wants a credit note.');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(log(page).getByText('Wants a credit note.')).toBeVisible();
  await writer.leaves();
  await expect(page.getByRole('region', { name: 'Wrap-up' })).toBeVisible();
  await look('desk-wrap-up', { themes: ['light', 'dark'] });
  await page.getByRole('region', { name: 'Wrap-up' }).locator('fieldset button').first().click();
  await page.getByRole('region', { name: 'Wrap-up' }).getByRole('textbox', { name: 'Note' }).fill('Done.');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText('Wrapped up.')).toBeVisible();
  expect(floor.texts()).toEqual([]);
});

for (const [language, own] of [['ar', 'العربية'], ['ur', 'اردو']]) {
  test(`the desk speaks ${language}, from right to left`, async ({ page, open, floor, look }) => {
    const { writer } = await serving({ page, open, floor }, { name: 'سارة أحمد', first: 'مرحبا، الفاتورة غير صحيحة' });
    await composer(page).fill('Good morning');
    await page.keyboard.press('Enter');
    await expect(log(page).getByText('Sent', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: /^Your account/ }).click();
    await page.getByRole('menuitemradio', { name: own }).click();
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
    await expect(page.getByRole('log').getByText('Good morning')).toBeVisible();
    await writer.says('شكرا');
    await expect(page.getByRole('log').getByText('شكرا')).toBeVisible();
    await look(`desk-${language}`, { themes: ['light', 'dark'] });
  });
}

test('the desk comes with less than 300 kB of script', async ({ page, hub, open, floor }) => {
  const sizes = new Map();
  page.on('response', async (response) => {
    if (response.url().endsWith('.js')) sizes.set(response.url(), Number((await response.allHeaders())['content-length'] ?? 0));
  });
  await page.setExtraHTTPHeaders({ 'accept-encoding': 'gzip' });
  await open('/app/desk', await floor.person('Amina'));
  await expect(page.getByText('You are not ready')).toBeVisible();
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  console.log(`the desk's script: ${Math.round(total / 1000)} kB in ${sizes.size} files`);
  expect(sizes.size).toBeGreaterThan(3);
  expect([...sizes.values()].every((size) => size > 0), 'sizes are told').toBe(true);
  expect(total).toBeLessThan(300_000);
  void hub;
});

test('a supervisor sees his team, is called, whispers and barges in', async ({ page, open, beside, floor, look }) => {
  const team = await floor.admin.post('/unified-admin/team', { teamName: `Care ${Date.now()}` });
  const amina = await floor.person('Amina', { userTeam: { teamId: team.teamId } });
  const mona = await floor.person('Mona', { roles: ['supervisor'], supervisedTeams: [{ teamId: team.teamId }] });
  const line = await floor.line();
  const other = await beside(amina);
  await line.customer('Jonas Brandt').says('I want to speak to your boss.');
  await other.getByRole('button', { name: /^Accept/ }).click();
  await expect(log(other).getByText('speak to your boss')).toBeVisible();

  await open('/app/desk/team', mona);
  await expect(page.getByRole('heading', { name: 'Being served' })).toBeVisible();
  await expect(page.getByText('Jonas Brandt')).toBeVisible();
  await look('desk-team', { themes: ['light', 'dark'] });
  await page.getByRole('button', { name: 'Announce' }).click();
  await page.getByRole('textbox', { name: 'What to say' }).fill('Lunch is at noon.');
  await page.getByRole('dialog').getByRole('button', { name: 'Announce' }).click();
  await expect(other.getByText('Lunch is at noon.')).toBeVisible();

  await other.keyboard.press('h');
  await expect(page.getByText(/raises a hand over Jonas/)).toBeVisible();
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('link', { name: 'Conversations' }).click();
  await expect(log(page).getByText('speak to your boss')).toBeVisible();
  const whisper = page.getByRole('button', { name: 'Whisper' });
  if (await whisper.isVisible()) await whisper.click();
  await page.getByRole('textbox', { name: 'Write to the agents' }).fill('Offer him a refund.');
  await page.keyboard.press('Enter');
  await expect(log(other).getByText('Offer him a refund.')).toBeVisible();
  await page.getByRole('button', { name: 'Barge in' }).click();
  await page.getByRole('textbox', { name: /^Write to Jonas/ }).fill('Mona here, the boss.');
  await page.keyboard.press('Enter');
  await expect.poll(floor.texts).toEqual(['Mona here, the boss.']);
  await expect(log(other).getByText('Mona here, the boss.')).toBeVisible();
});
