import { ADMIN, expect, test } from './screen.js';

test.describe('signing in', () => {
  test.use({ expected: ['401'] });

  test('somebody unknown is told so, and an administrator comes to Admin', async ({ page, hub, look }) => {
    await page.goto(hub.url);
    await expect(page).toHaveURL(`${hub.url}/app/`);
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await look('sign-in', { themes: ['light', 'dark'] });

    await page.getByLabel('User name').fill(ADMIN.username);
    await page.getByLabel('Password', { exact: true }).fill('something else');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toContainText('The user name or the password is wrong');
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
    await look('sign-in-refused');

    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Home', level: 1 })).toBeVisible();
    await expect(page).toHaveURL(`${hub.url}/app/admin`);
    expect(await page.evaluate(() => document.cookie), 'scripts see no token').toBe('');
    expect(await page.evaluate(() => Object.values(localStorage).join())).not.toContain('eyJ');

    await page.getByRole('button', { name: 'Your account' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  });

  test('when the session has ended, somebody signs in where he is and goes on', async ({ page, hub, open, context }) => {
    await open('/app/admin/channels');
    await expect(page.getByRole('heading', { name: 'Channels', level: 1 })).toBeVisible();
    await context.clearCookies();
    await page.reload();
    await page.getByLabel('User name').fill(ADMIN.username);
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(`${hub.url}/app/admin/channels`);
    await expect(page.getByRole('heading', { name: 'Channels', level: 1 })).toBeVisible();
  });
});

test('an agent comes to the desk', async ({ page, hub, open }) => {
  const admin = await hub.admin();
  const amina = { username: 'amina', password: 'another long password' };
  await admin.post('/unified-admin/users', { ...amina, firstName: 'Amina', lastName: 'Okafor', roles: ['agent'] });
  await open('/app/', amina);
  await expect(page).toHaveURL(`${hub.url}/app/desk`);
});

test('the keyboard reaches everything, and a sheet says how', async ({ page, open, look }) => {
  await open('/app/admin/channels');
  await expect(page.getByRole('heading', { name: 'Channels', level: 1 })).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await look('shortcuts', { themes: ['light', 'dark'] });
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

for (const [language, own] of [
  ['ar', 'العربية'],
  ['ur', 'اردو'],
]) {
  test(`the screens speak ${language}, from right to left`, async ({ page, open, look }) => {
    await open('/app/admin/channels');
    await page.getByRole('button', { name: 'Your account' }).click();
    await page.getByRole('menuitemradio', { name: own }).click();
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Channels');
    const menu = await page.getByRole('complementary').boundingBox();
    expect(menu.x, 'the places stand on the right').toBeGreaterThan(900);
    await look(`channels-${language}`, { themes: ['light', 'dark'] });
  });
}
