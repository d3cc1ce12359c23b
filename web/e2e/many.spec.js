// An organisation with more of everything than fits on a screen.

import { expect, test } from './screen.js';

test.use({ place: 'many' });

const TEAMS = 12;
/** More than are read at once; made as what is quickest to make. */
const LABELS = 230;

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

test('a list of more than a page is whole, in order, and right after each change', async ({ page, hub, open }) => {
  const admin = await hub.admin();
  for (let number = 1; number <= LABELS; number += 1) {
    await admin.post('/cim-customer/label', { name: `number${number}`, colorCode: '#3d53d0', priority: null, createdBy: 'ada' });
  }
  await open('/app/admin/labels');
  const rows = page.getByRole('table', { name: 'Labels' }).getByRole('row');
  await expect(rows.nth(3)).toContainText('number3');
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
