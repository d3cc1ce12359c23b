// Where somebody comes who may not, who asks for what is gone, and who asks while the hub is away.

import { expect, test } from './screen.js';

test.use({ place: 'astray', expected: ['404', 'ERR_CONNECTION_REFUSED', 'Failed to fetch'] });

const EVA = { username: 'eva', password: 'a long password of hers' };

test('a page that no role opens says so, and asks the hub for nothing', async ({ page, hub, open, look }) => {
  const admin = await hub.admin();
  await admin.post('/unified-admin/users', { ...EVA, firstName: 'Eva', lastName: '', roles: ['evaluator'] });
  const refused = [];
  page.on('response', (answer) => answer.status() === 403 && refused.push(answer.url()));
  await open('/app/admin', EVA);
  await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible();
  for (const path of ['channels', 'users/new', 'labels/new', 'connect']) {
    await page.goto(`${hub.url}/app/admin/${path}`);
    await expect(page.getByText('Your roles do not open this page')).toBeVisible();
  }
  await look('closed-page', { themes: ['light', 'dark'] });
  expect(refused).toEqual([]);
});

test('what was deleted meanwhile is said to be gone, with the way back beside it', async ({ page, hub, open }) => {
  await open('/app/admin/skills/nope');
  await expect(page.getByRole('alert')).toContainText('It may have been deleted');
  await page.goto(`${hub.url}/app/admin/nothing-of-the-kind`);
  await expect(page.getByText('This page does not exist')).toBeVisible();
  await page.getByRole('link', { name: 'Skills' }).click();
  await expect(page.getByRole('heading', { name: 'Skills', level: 1 })).toBeVisible();
});

test('while the hub is away a page says so, and opens once it is back', async ({ page, hub, open, look }) => {
  await open('/app/admin/skills');
  await expect(page.getByRole('heading', { name: 'Skills', level: 1 })).toBeVisible();
  await hub.halt();
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('alert')).toContainText('The hub cannot be reached');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('alert')).toContainText('The hub cannot be reached');
  await look('hub-away');
  await hub.serve();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
});
