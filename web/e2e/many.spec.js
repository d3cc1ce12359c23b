// An organisation with more of everything than fits on a screen.

import { expect, test } from './screen.js';

test.use({ place: 'many' });

const TEAMS = 12;
/** More than are read at once; made as what is quickest to make. */
const LABELS = 230;
/** More than are drawn at once. */
const QUEUES = 90;
/** More than come with the first page. */
const PEOPLE = 110;

test('of many, some are found by typing, chosen and taken away again', async ({ page, hub, open, look }) => {
  const admin = await hub.admin();
  for (let team = 1; team <= TEAMS; team += 1) await admin.post('/unified-admin/team', { teamName: `Team ${team}` });
  await open('/app/admin/announcements/new');
  await page.getByLabel('Text').fill('The lift is out of order');
  const teams = page.getByLabel('Teams');
  await teams.click();
  // As people count, not as letters go.
  await expect(page.getByRole('option').nth(1)).toHaveText('Team 2');
  await teams.pressSequentially('1');
  await expect(page.getByRole('option')).toHaveText(['Team 1', 'Team 10', 'Team 11', 'Team 12']);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Remove: Team 10' })).toBeVisible();
  await expect(teams).toHaveValue('');
  await teams.pressSequentially('Team 7');
  await page.keyboard.press('Enter');
  await teams.press('Escape');
  await look('choose-several', { themes: ['light', 'dark'] });
  await page.getByRole('button', { name: 'Remove: Team 10' }).click();
  await teams.press('Escape');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'The lift is out of order', level: 1 })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Remove: Team 7' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Remove: / })).toHaveCount(1);
});

test('a list of more than a page is whole, in order, and right after each change', async ({ page, hub, open, look }) => {
  const admin = await hub.admin();
  for (let number = 1; number <= LABELS; number += 1) {
    await admin.post('/cim-customer/label', { name: `number${number}`, colorCode: '#3d53d0', priority: null, createdBy: 'ada' });
  }
  await open('/app/admin/labels');
  const rows = page.getByRole('table', { name: 'Labels' }).getByRole('row');
  await expect(rows.nth(3)).toContainText('number3');
  // Those in sight are drawn; the last is there when it is scrolled to.
  await expect(page.getByText(`${LABELS} in all`)).toBeVisible();
  expect(await rows.count()).toBeLessThan(LABELS / 2);
  await look('many-labels', { themes: ['light', 'dark'] });
  await rows.nth(3).hover();
  await page.mouse.wheel(0, 100_000);
  await expect(page.getByRole('link', { name: `number${LABELS}`, exact: true })).toBeInViewport();
  await expect(page.getByRole('link', { name: 'number1', exact: true })).toHaveCount(0);
  await expect(page.getByRole('columnheader', { name: 'Name' })).toBeInViewport();
  await page.getByRole('searchbox').fill(`number${LABELS}`);
  await expect(rows).toHaveCount(2);
  await page.getByRole('link', { name: `number${LABELS}` }).click();
  await page.getByLabel('Name', { exact: true }).fill('loyal');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved')).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Labels' }).click();
  await page.getByRole('searchbox').fill('loyal');
  await expect(rows).toHaveCount(2);
  await page.getByRole('link', { name: 'loyal' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('searchbox').fill('loyal');
  await expect(page.getByText('Nothing found')).toBeVisible();
});

test('of many queues on the live dashboard one is found, and any order can be had', async ({ page, hub, open, look }) => {
  const admin = await hub.admin();
  const mrd = (await admin.get('/routing-engine/media-routing-domains')).find(({ name }) => name === 'CHAT');
  for (let number = 1; number <= QUEUES; number += 1) {
    await admin.post('/routing-engine/precision-queues', { name: `Line ${number}`, mrd, serviceLevelType: 1, serviceLevelThreshold: 30, steps: [] });
  }
  await open('/app/admin/live');
  const rows = page.getByRole('table', { name: 'Queues' }).getByRole('row');
  await expect(rows.nth(2)).toContainText('Line 1');
  expect(await rows.count()).toBeLessThan(QUEUES);
  await look('live-many', { themes: ['light', 'dark'] });
  await page.keyboard.press('/');
  await page.keyboard.type(`line ${QUEUES}`);
  await expect(rows).toHaveCount(2);
  await expect(page.getByRole('link', { name: new RegExp(`^Line ${QUEUES}:`) })).toBeVisible();
  await page.getByRole('searchbox').fill('');
  await page.getByRole('button', { name: 'Queue', exact: true }).click();
  await page.getByRole('button', { name: 'Queue', exact: true }).click();
  await expect(rows.nth(1)).toContainText(`Line ${QUEUES}`);
});

test('attributes of customers are put in order', async ({ page, hub, open, look }) => {
  const admin = await hub.admin();
  await open('/app/admin/customer-attributes');
  const names = page.getByRole('table', { name: 'Customer schema' }).getByRole('row').getByRole('link');
  await expect(names.nth(1)).toBeVisible();
  const [first, second] = await names.allTextContents();
  await look('schema-order', { themes: ['light', 'dark'] });
  await page.getByRole('button', { name: `Move down: ${first}` }).click();
  await expect(names.first()).toHaveText(second);
  expect((await admin.get('/cim-customer/customerSchema')).sort((a, b) => a.sortOrder - b.sortOrder).map(({ label }) => label).slice(0, 2)).toEqual([second, first]);
});

test('of many users the hub finds those that are wanted, in the list and where one is chosen', async ({ page, hub, open, look }) => {
  const admin = await hub.admin();
  for (let number = 1; number <= PEOPLE; number += 1) {
    await admin.post('/unified-admin/users', { username: `person${number}`, firstName: 'Person', lastName: String(number), roles: ['agent'] });
  }
  await open('/app/admin/users');
  const rows = page.getByRole('table', { name: 'Users' }).getByRole('row');
  await expect(rows.nth(5)).toBeVisible();
  // The next page comes as it is scrolled to.
  await rows.nth(5).hover();
  await page.mouse.wheel(0, 100_000);
  await page.mouse.wheel(0, 100_000);
  await expect(page.getByRole('table', { name: 'Users' })).toHaveAttribute('aria-rowcount', String(PEOPLE + 2));
  await page.getByRole('searchbox').fill(`person ${PEOPLE}`);
  await expect(rows).toHaveCount(2);
  await look('many-users', { themes: ['light', 'dark'] });
  await page.getByRole('searchbox').fill('nobody of this name');
  await expect(page.getByText('Nothing found')).toBeVisible();

  await page.goto(`${hub.url}/app/admin/audit`);
  await page.getByRole('combobox', { name: 'Who' }).click();
  await page.getByRole('combobox', { name: 'Who' }).fill(`person ${PEOPLE}`);
  await page.getByRole('option', { name: `Person ${PEOPLE}` }).click();
  await expect(page).toHaveURL(/user=/);
  await expect(page.getByText('Nothing of this kind was recorded')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'Who' })).toHaveValue(`Person ${PEOPLE}`);
});
