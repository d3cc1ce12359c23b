// What customers send, and who they are.

import { expect, log, offer, ready, test } from './scene.js';

const FILE = (name) => `/file-engine/api/downloadFileStream?filename=${name}`;

const BODIES = [
  [{ type: 'VIDEO', caption: 'How it blinks', attachment: { mediaUrl: FILE('gone.mp4'), mimeType: 'video/mp4', size: 90_480 } }, 'How it blinks'],
  [{ type: 'AUDIO', caption: 'How it hums', attachment: { mediaUrl: FILE('gone.ogg'), mimeType: 'audio/ogg', size: 20480 } }, 'How it hums'],
  [{ type: 'STICKER', mediaUrl: 'https://example.org/cat.webp', stickerId: '7' }, 'Sticker'],
  [{ type: 'TEMPLATE', name: 'order_update', namespace: 'shop', language: { code: 'en', policy: 'deterministic' }, components: [{ type: 'body', parameters: [{ parameterType: 'text', additionalParameterDetails: { text: '4711' } }] }] }, 'order_update'],
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

  test('every kind of message is shown, and HTML is text', async ({ page, floor, look, serving }) => {
    const { writer } = await serving();
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

test('the customer: labels, what was before on every channel, and one profile made of two', async ({ page, open, floor, look }) => {
  await floor.admin.post('/cim-customer/label', { name: 'Regular', colorCode: '#0f5e56', priority: 3 });
  const [chat, mail] = [await floor.line(), await floor.line()];
  const mona = await floor.person('Mona', { roles: ['agent', 'supervisor'] });
  await open('/app/desk', mona);
  await ready(page);
  const panel = page.getByRole('complementary', { name: 'Customer' });
  const closed = async (writer, words) => {
    await writer.says(words);
    await expect(offer(page)).toBeVisible();
    await page.keyboard.press('a');
    await expect(log(page).getByText(words)).toBeVisible();
    await writer.leaves();
    await expect(page.getByText('Left').first()).toBeVisible();
    await page.keyboard.press('e');
    await page.keyboard.press('Enter');
    await expect(log(page)).toHaveCount(0);
  };
  await closed(chat.customer('Jonas Ahlers'), 'It was about the router.');
  const [{ _id: known }] = (await floor.admin.get('/cim-customer/customers?limit=1&offset=0&sort=&paginateQuery=firstName:Jonas%20Ahlers')).docs;
  await floor.admin.put(`/cim-customer/customers/${known}`, { ...(await floor.admin.get(`/cim-customer/customers/${known}`)), firstName: 'Jonas of Bremen', isAnonymous: false });

  await mail.customer('Jonas B.').says('Me again, from elsewhere.');
  await expect(offer(page)).toBeVisible();
  await page.keyboard.press('a');
  await expect(log(page).getByText('Me again, from elsewhere.')).toBeVisible();
  await page.keyboard.press('i');
  await expect(panel.getByText('This is the first one.')).toBeVisible();
  await panel.getByRole('button', { name: 'Labels' }).click();
  await page.getByRole('menuitemradio', { name: 'Regular' }).click();
  await expect(panel.getByText('Regular', { exact: true })).toBeVisible();

  await panel.getByRole('button', { name: 'Link' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('of Bremen');
  await page.getByRole('button', { name: 'This one' }).click();
  await expect(page.getByRole('heading', { name: 'Jonas of Bremen', exact: true })).toBeVisible();
  await panel.getByRole('button', { name: 'Undo the link' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Undo the link' }).click();
  await expect(page.getByRole('heading', { name: 'Jonas B.' })).toBeVisible();

  await panel.getByRole('button', { name: 'Link' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('of Bremen');
  await page.getByRole('button', { name: 'Merge' }).click();
  await look('desk-merge', { themes: ['light', 'dark'] });
  await page.getByRole('dialog', { name: /^Make one profile/ }).getByRole('button', { name: 'Merge' }).click();
  await expect(page.getByRole('heading', { name: 'Jonas of Bremen', exact: true })).toBeVisible();
  await expect(panel.getByText('Regular', { exact: true })).toBeVisible();
  await panel.getByRole('button', { name: /ago|now/ }).click();
  await expect(page.getByRole('dialog').getByText('It was about the router.')).toBeVisible();
  await look('desk-past', { themes: ['light', 'dark'] });
});

test('what somebody else changes in a profile is there at once, without a word', async ({ page, floor, serving }) => {
  await serving({ name: 'Jonas Kruse' });
  const [customer] = (await floor.admin.get('/cim-customer/customers?limit=1&offset=0&sort=&paginateQuery=firstName:Jonas%20Kruse')).docs;
  await floor.admin.put(`/cim-customer/customers/${customer._id}`, { ...customer, firstName: 'Jonas of Kiel' });
  await expect(page.getByRole('heading', { name: 'Jonas of Kiel' })).toBeVisible();
  await expect(log(page).getByText('Now recognised')).toHaveCount(0);
});

test.describe('a profile that is corrected', () => {
  test.use({ expected: ['400', '412'] });

  test('field by field, with what is wrong beside it, and nothing of anybody else written over', async ({ page, floor, look, serving }) => {
    const attribute = (more) => floor.admin.post('/cim-customer/customerSchema', more);
    await attribute({ key: 'email', label: 'E-mail', type: 'email', isPii: true, sortOrder: 60 });
    await attribute({ key: 'newsletter', label: 'Newsletter', type: 'boolean', description: 'Agreed in writing.', sortOrder: 61 });
    await attribute({ key: 'city', label: 'City', type: 'string', length: 40, sortOrder: 62 });
    await page.setViewportSize({ width: 1440, height: 900 });
    await serving({ name: 'Jonas Vogt' });
    const panel = page.getByRole('complementary', { name: 'Customer' });
    if (!(await panel.isVisible())) await page.keyboard.press('i');
    const profile = panel.getByRole('region', { name: 'Profile' });
    const field = (name) => profile.getByRole('textbox', { name, exact: true });

    await profile.getByRole('button', { name: 'Correct the profile' }).click();
    await expect(field('First Name')).toBeFocused();
    await field('First Name').fill('');
    await field('E-mail').fill('jonas at example');
    await page.keyboard.press('Enter');
    await expect(profile.getByText('This cannot be empty.')).toBeVisible();
    await expect(profile.getByText('Write an e-mail address')).toBeVisible();
    await look('desk-profile-flaws', { themes: ['light', 'dark'] });
    await field('First Name').fill('Jonas Albert Vogt');
    await field('E-mail').fill('jonas@example.org');
    await field('Phone number').fill('+49 30 4711');
    await profile.getByRole('button', { name: 'Another: Phone number' }).click();
    await field('Phone number 2').fill('+49 (30) 4711');
    await profile.getByRole('button', { name: 'Save' }).click();
    await expect(profile.getByText('listed twice')).toBeVisible();
    await profile.getByRole('button', { name: 'Remove Phone number 2' }).click();
    await profile.getByLabel('Newsletter').click();
    await page.getByRole('option', { name: 'Yes' }).click();
    await profile.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('heading', { name: 'Jonas Albert Vogt' })).toBeVisible();
    await expect(profile.getByText('jonas@example.org')).toBeVisible();

    await profile.getByRole('button', { name: 'Correct the profile' }).click();
    await field('City').fill('Bremen');
    const [{ _id: id }] = (await floor.admin.get('/cim-customer/customers?limit=1&offset=0&sort=&paginateQuery=firstName:Jonas%20Albert')).docs;
    const path = `/cim-customer/customers/${id}`;
    await floor.admin.put(path, { ...(await floor.admin.get(path)), city: 'Kiel', email: 'vogt@example.org' });
    await profile.getByRole('button', { name: 'Save' }).click();
    await expect(profile.getByRole('alert')).toContainText('changed this profile meanwhile');
    await expect(profile.getByText('Somebody wrote: Kiel')).toBeVisible();
    await expect(field('City')).toHaveValue('Bremen');
    await expect(field('E-mail')).toHaveValue('vogt@example.org');
    await look('desk-profile-overtaken', { themes: ['light', 'dark'] });
    await profile.getByRole('button', { name: 'Save' }).click();
    await expect(profile.getByText('Bremen')).toBeVisible();
    expect(await floor.admin.get(path)).toMatchObject({ city: 'Bremen', email: 'vogt@example.org', newsletter: true, phoneNumber: ['+49 30 4711'] });
  });
});
