import { expect, test } from './screen.js';

test.use({ place: 'forms' });

test.use({ expected: ['400'] });

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30"><circle cx="15" cy="15" r="12" fill="#b3261e"/></svg>';

test('people, hours, forms and widgets are made in their forms', async ({ page, hub, open, look }) => {
  const admin = await hub.admin();
  const create = () => page.getByRole('button', { name: 'Create', exact: true }).click();
  const made = (name) => expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();

  await open('/app/admin/teams/new');
  await page.getByLabel('Name', { exact: true }).fill('Night shift');
  await create();
  await made('Night shift');

  await page.goto(`${hub.url}/app/admin/users/new`);
  await page.getByLabel('User name').fill('nadia');
  await page.getByLabel('Password (optional)').fill('short');
  await page.getByLabel('First name').fill('Nadia');
  await page.getByLabel('Team (optional)').click();
  await page.getByRole('option', { name: 'Night shift' }).click();
  await create();
  await expect(page.getByRole('alert')).toBeVisible();
  await look('user', { themes: ['light', 'dark'] });
  await page.getByLabel('Password (optional)').fill('a long password');
  await create();
  await made('Nadia');
  await page.getByLabel('Last name').fill('Haddad');
  await page.getByRole('button', { name: 'Save' }).click();
  await made('Nadia Haddad');
  const nadia = (await admin.get('/unified-admin/users')).find(({ username }) => username === 'nadia');
  expect(nadia.userTeam.teamName).toBe('Night shift');
  // The password typed before is still hers.
  await page.request.post(`${hub.url}/auth/session`, { data: { username: 'nadia', password: 'a long password' } });

  await open('/app/admin/calendars/new');
  await page.getByLabel('Name', { exact: true }).fill('Office');
  await page.getByRole('button', { name: 'Business hours' }).click();
  await look('calendar', { themes: ['light', 'dark'] });
  await create();
  await made('Office');

  await page.goto(`${hub.url}/app/admin/forms/new`);
  await page.getByLabel('Title').fill('Before we begin');
  await page.getByRole('button', { name: 'Add a question' }).click();
  await page.getByLabel('Question').fill('Your e-mail address');
  await page.getByLabel('Type').click();
  await page.getByRole('option', { name: 'email' }).click();
  await look('form', { themes: ['light', 'dark'] });
  await create();
  await made('Before we begin');

  await page.goto(`${hub.url}/app/admin/widgets/new`);
  await page.getByLabel('Widget identifier').fill('shop');
  await page.getByLabel('Title (optional)', { exact: true }).first().fill('Ask us');
  await page.getByLabel('Form before the chat').click();
  await page.getByRole('option', { name: 'Before we begin' }).click();
  // What is shown is the widget itself, as it would be with what is in the form.
  const shown = page.locator('tieline-chat');
  await expect(shown.getByText('Ask us')).toBeVisible();
  await expect(shown.getByText('Your e-mail address')).toBeVisible();
  await page.getByLabel('Logo').setInputFiles({ name: 'logo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(LOGO) });
  await expect.poll(() => shown.locator('.logo').evaluate((image) => image.naturalWidth)).toBe(30);
  await page.getByRole('tab', { name: 'العربية' }).click();
  await page.getByRole('tabpanel').getByLabel('Title (optional)', { exact: true }).fill('اسألنا');
  await page.getByLabel('Shown in').click();
  await page.getByRole('option', { name: 'العربية' }).click();
  await expect(shown.getByText('اسألنا')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Paste this into your page' })).toContainText('data-widget="shop"');
  await shown.getByText('اسألنا').scrollIntoViewIfNeeded();
  await look('widget', { themes: ['light', 'dark'] });
  await create();
  await made('shop');

  await page.goto(`${hub.url}/app/admin/settings`);
  await expect(page.getByLabel('Time for it')).toBeVisible();
  await page.getByLabel('Time for it').fill('0');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('1 to 3600');
  await look('settings', { themes: ['light', 'dark'] });

  const versions = page.getByText(/^Version \d+$/);
  const history = page.getByRole('tab', { name: 'History' });
  await page.getByLabel('Time for it').fill('45');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved')).toBeVisible();
  await history.click();
  await expect(versions).toHaveText(['Version 2', 'Version 1']);
  await expect(page.getByRole('table', { name: 'Version 2' })).toContainText('45');
  await look('settings-history');
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(versions).toHaveText(['Version 3', 'Version 2', 'Version 1']);
  await page.getByRole('tab', { name: 'Settings' }).click();
  await expect(page.getByLabel('Time for it')).toHaveValue('60');
});
