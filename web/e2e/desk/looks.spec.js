// How agents get about: the keyboard, languages, how fast it is there.

import { composer, expect, give, log, offer, ready, test } from './scene.js';

test('a whole day without the mouse', async ({ page, hub, floor, expected }) => {
  expected.push('401');
  await floor.admin.post('/unified-admin/canned-messages', { name: 'greeting', language: 'en', category: 'General', text: 'Good morning {name}, how can I help?' });
  const of = await floor.queue({ wrapUp: { enabled: true, seconds: 60 } });
  const elsewhere = await floor.queue();
  const line = await floor.line({ of });
  const amina = await floor.person('Amina');
  await page.goto(`${hub.url}/app/desk`);
  await expect(page.getByLabel('User name')).toBeFocused();
  await page.keyboard.type(amina.username);
  await page.keyboard.press('Tab');
  await page.keyboard.type(amina.password);
  await page.keyboard.press('Enter');
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
  const sheet = page.getByRole('dialog', { name: 'Keyboard' });
  await expect(sheet).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
  await page.keyboard.press('e');
  await expect(page.getByRole('dialog', { name: /^Leave/ })).toBeVisible();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('region', { name: 'Wrap-up' });
  await expect(panel.getByRole('textbox', { name: 'Find a code' })).toBeFocused();
  await page.keyboard.type('fault');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.type('The cable was loose.');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Wrapped up.')).toBeVisible();
  await expect(page.locator('[data-conversation]')).toHaveCount(1);
  await page.keyboard.press('j');
  await expect(log(page).getByText('I am Jonas.')).toBeVisible();
  await page.keyboard.press('t');
  await page.keyboard.type(elsewhere.name);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Passed on.')).toBeVisible();
  await expect(page.locator('[data-conversation]')).toHaveCount(0);
});

for (const [language, own, refused] of [['ar', 'العربية', 'لا تُقبل الملفات من نوع'], ['ur', 'اردو', 'قسم کی فائلیں قبول نہیں ہوتیں']]) {
  test(`the desk speaks ${language}, from right to left, and says what is refused`, async ({ page, look, serving, expected }) => {
    expected.push('400');
    const { writer } = await serving({ name: 'سارة أحمد', first: 'مرحبا، الفاتورة غير صحيحة' });
    await composer(page).fill('Good morning');
    await page.keyboard.press('Enter');
    await expect(log(page).getByText('Sent', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: /^Your account/ }).click();
    await page.getByRole('menuitemradio', { name: own }).click();
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
    await expect(page.getByRole('log').getByText('Good morning')).toBeVisible();
    await writer.says('شكرا');
    await expect(page.getByRole('log').getByText('شكرا')).toBeVisible();
    await give(page.locator('textarea'), 'paste', { name: 'run.exe', type: '', content: Buffer.from('MZ') });
    await expect(page.getByText(refused)).toBeVisible();
    await look(`desk-${language}`, { themes: ['light', 'dark'] });
  });
}

test('the desk comes with less than 200 kB of script before the first conversation', async ({ page, open, floor }) => {
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
  expect(total).toBeLessThan(200_000);
});

test('what shows a conversation is asked for again when it could not be fetched', async ({ page, open, floor, expected }) => {
  expected.push('ERR_FAILED');
  const line = await floor.line();
  await open('/app/desk', await floor.person('Amina'));
  await expect(page.getByText('You are not ready')).toBeVisible();
  await page.route('**/*.js', (route) => route.abort());
  await ready(page);
  await line.customer('Jonas Brandt').says('Is anybody there?');
  await expect(offer(page)).toBeVisible();
  await page.keyboard.press('a');
  const alert = page.getByRole('alert').filter({ hasText: 'cannot be reached' });
  await expect(alert).toBeVisible();
  await page.unroute('**/*.js');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(log(page).getByText('Is anybody there?')).toBeVisible();
});
