import { readFile } from 'node:fs/promises';
import { expect, test as base } from './screen.js';
import { floor as floorOf } from './floor.js';

const test = base.extend({
  floor: async ({ hub }, use) => {
    const floor = await floorOf(hub);
    await use(floor);
    await floor.close();
  },

  /** An agent at his desk, in a browser of his own, ready for work. */
  agent: async ({ browser, hub, floor }, use) => {
    const contexts = [];
    await use(async (name) => {
      const who = await floor.person(name);
      const context = await browser.newContext({ locale: 'en-GB' });
      contexts.push(context);
      const page = await context.newPage();
      await page.request.post(`${hub.url}/auth/session`, { data: who });
      await page.goto(`${hub.url}/app/desk`);
      await page.getByRole('button', { name: 'Get ready' }).click();
      await expect(page.getByRole('button', { name: /^Your state: Ready/ })).toBeVisible();
      return { ...who, page };
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

test.use({ place: 'reports' });

const ringing = (desk) => desk.getByRole('region', { name: /Request from/ });

/** Has an agent take what rings, and end it. */
async function serve(desk) {
  await expect(ringing(desk)).toBeVisible();
  await desk.keyboard.press('a');
  await expect(desk.getByRole('log')).toBeVisible();
}
async function close(desk) {
  await desk.getByRole('button', { name: 'Close', exact: true }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
  await expect(desk.getByText('All quiet')).toBeVisible();
}

test.describe('the live dashboard', () => {
  test.use({ expected: ['ERR_CONNECTION_REFUSED', 'ERR_INTERNET_DISCONNECTED'] });

  test('moves while a chat waits and is answered', async ({ page, open, look, floor, agent }) => {
    const { customer, queue } = await floor.line({ of: await floor.queue({ serviceLevelThreshold: 600 }) });
    const row = page.getByRole('link', { name: new RegExp(`^${queue.name}:`) });
    await open('/app/admin/live');
    await expect(page.getByText('Nobody is at work')).toBeVisible();
    await expect(row).toHaveAccessibleName(/Quiet/);

    await customer('Jonas Brandt').says('My bill is wrong.');
    await expect(row).toHaveAccessibleName(/Nobody to answer\. 1 waiting/);
    await expect(page.getByRole('link', { name: /Jonas/ })).toHaveAttribute('href', /inspector/);
    await look('live-waiting', { themes: ['light', 'dark'] });

    const amina = await agent('Amina');
    await serve(amina.page);
    await expect(row).toHaveAccessibleName(/Quiet\. 0 waiting/);
    await expect(page.getByRole('table', { name: 'Agents' })).toContainText('Serving');
    await row.hover();
    await expect(page.getByRole('tooltip').getByText('Longest wait')).toBeVisible();
    await look('live-served', { themes: ['light', 'dark'] });

    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download CSV: Queues' }).click();
    const file = await readFile(await (await coming).path(), 'utf8');
    const [head, ...lines] = file.trim().split('\r\n').map((line) => line.split(','));
    expect(lines.find((line) => line.includes(queue.name))[head.indexOf('active')]).toBe('1');

    // Nobody looks: nothing is asked.
    let asked = 0;
    await page.route('**/cim-reporting/live*', (route) => {
      asked += 1;
      return route.continue();
    });
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await close(amina.page);
    const before = asked;
    await expect(page.getByRole('table', { name: 'Agents' })).toContainText('Serving');
    await page.evaluate(() => {
      delete document.hidden;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await expect(page.getByRole('table', { name: 'Agents' })).toContainText('Free');
    expect(asked - before, 'questions since it was seen again').toBeLessThanOrEqual(2);

    // The line fails: what was read stays, and says of when it is.
    await page.context().setOffline(true);
    await expect(page.getByText(/How things stood at/)).toBeVisible();
    await expect(row).toBeVisible();
    await page.context().setOffline(false);
    await expect(page.getByText(/How things stood at/)).toHaveCount(0);
  });
});

test('a report: pictures, a table in order, a file, and what lies behind it', async ({ page, open, look, floor, agent }) => {
  const { customer, queue } = await floor.line({ of: await floor.queue() });
  const amina = await agent('Amina');
  await customer('Jonas Brandt').says('My bill is wrong.');
  await serve(amina.page);
  await close(amina.page);

  await open('/app/admin/reports');
  const table = page.getByRole('table', { name: 'Figures' });
  await expect(table.getByRole('row', { name: new RegExp(queue.name) })).toContainText('100%');
  await expect(page.getByRole('list', { name: /^Offered,.*Highest: / })).toBeVisible();
  await table.getByRole('button', { name: 'Answered' }).click();
  await expect(table.getByRole('columnheader', { name: 'Answered' })).toHaveAttribute('aria-sort', 'descending');
  await expect(page).toHaveURL(/sort=-answered/);
  await look('report-queues', { themes: ['light', 'dark'] });

  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download CSV' }).click();
  const file = await readFile(await (await coming).path(), 'utf8');
  const [head, ...lines] = file.trim().split('\r\n').map((line) => line.split(','));
  const answered = lines.find((line) => line.includes(queue.name))[head.indexOf('answered')];
  expect(answered).toBe('1');

  // Over time it is drawn; what was chosen is there again after a reload.
  await page.getByLabel('Rows').click();
  await page.getByRole('option', { name: 'By quarter of an hour' }).click();
  await expect(page.getByRole('img', { name: /^Offered,/ }).locator('canvas')).toBeVisible();
  await look('report-over-time', { themes: ['light', 'dark'] });
  await page.reload();
  await expect(page.getByRole('img', { name: /^Offered,/ }).locator('canvas')).toBeVisible();
  await page.getByRole('button', { name: 'What the figures mean' }).click();
  await expect(page.getByRole('dialog')).toContainText('Requests whose waiting ended.');
  await page.keyboard.press('Escape');

  await page.getByRole('tab', { name: "Agents' states" }).click();
  await expect(page.getByRole('table', { name: "Agents' states" })).toContainText('Ready');
  await look('report-states');
  await page.getByRole('tab', { name: "Agents' log" }).click();
  await page.getByRole('combobox', { name: 'Agent' }).click();
  await page.getByRole('combobox', { name: 'Agent' }).fill('Amina');
  await page.getByRole('option', { name: new RegExp(amina.username) }).click();
  await expect(page.getByRole('table', { name: "Agents' log" })).toContainText('Logged in');
  await look('report-log');

  await page.getByRole('tab', { name: 'Finished tasks' }).click();
  const task = page.getByRole('table', { name: 'Finished tasks' }).getByRole('row', { name: new RegExp(`Handled.*${queue.name}`) });
  await look('report-tasks');
  await task.getByRole('link').click();
  await expect(page.getByText('Why this agent')).toBeVisible();
});

test.describe('a dry run', () => {
  test.use({ expected: ['400'] });

  test('shows what a changed queue would have made of today', async ({ page, open, look, floor, agent }) => {
    const { customer, queue } = await floor.line({ of: await floor.queue({ steps: [] }) });
    await floor.admin.post('/routing-engine/routing-attributes', { name: 'Sign language', description: '', type: 'PROFICIENCY_LEVEL', defaultValue: 5 });
    const amina = await agent('Amina');
    await customer('Jonas Brandt').says('My bill is wrong.');
    await serve(amina.page);
    await close(amina.page);

    await open(`/app/admin/queues/${queue.id}`);
    await page.getByRole('button', { name: 'Add a step' }).click();
    await page.getByLabel('Value').fill('9');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await expect(page.getByText('Nothing live is touched', { exact: false })).toBeVisible();
    await expect(page.getByText(queue.name, { exact: true })).toBeVisible();

    // Yesterday nobody wrote; and two months are too many.
    await page.getByRole('button', { name: 'Play it' }).click();
    await expect(page.getByText('Nothing was recorded in this time. Choose a time in which')).toBeVisible();
    await page.getByLabel('From', { exact: true }).fill('2026-01-01T00:00');
    await page.getByRole('button', { name: 'Play it' }).click();
    await expect(page.getByText('Ask for a time of up to 31 days.')).toBeVisible();
    await look('dry-run-refused');

    await page.getByRole('button', { name: 'Today' }).click();
    await page.getByRole('button', { name: 'Play it' }).click();
    const result = page.getByRole('region', { name: 'What would have been' });
    // Of this queue alone; other stories have asked today as well.
    await result.getByLabel('Shown of').click();
    await page.getByRole('option', { name: queue.name }).click();
    await expect(result.getByText('Of 1 requests, 0 would have been answered instead of 1.')).toBeVisible();
    await expect(result.getByRole('row', { name: /^Answered/ }).getByRole('cell')).toHaveText(['Answered', '1', '1', '0']);
    await look('dry-run', { themes: ['light', 'dark'] });

    // With somebody else in her place all day, in the queue as it is, nothing is lost.
    await page.getByRole('button', { name: `Remove: ${queue.name}` }).click();
    await page.getByRole('combobox', { name: 'Somebody who stays at home' }).click();
    await page.getByRole('option', { name: new RegExp(amina.username) }).click();
    await page.getByRole('combobox', { name: 'Somebody like' }).click();
    await page.getByRole('option', { name: new RegExp(amina.username) }).click();
    await page.getByRole('button', { name: 'Play it' }).click();
    await expect(result.getByText('Supposed agent 1')).toBeVisible();
    await result.getByLabel('Shown of').click();
    await page.getByRole('option', { name: queue.name }).click();
    await expect(result.getByRole('row', { name: /^Answered/ }).getByRole('cell')).toHaveText(['Answered', '1', '1', '1']);
    await look('dry-run-staff');
    // In earnest the queue is as it was.
    expect((await floor.admin.get(`/routing-engine/precision-queues/${queue.id}`)).steps).toEqual([]);
  });
});

test('the audit trail tells who changed what, before and after', async ({ page, hub, open, look }) => {
  const admin = await hub.admin();
  const team = await admin.post('/unified-admin/team', { teamName: 'Billing' });
  await admin.put(`/unified-admin/team/${team.teamId}`, { ...team, teamName: 'Accounts' });
  const other = await admin.post('/unified-admin/team', { teamName: 'Hotline' });
  await admin.delete(`/unified-admin/team/${other.teamId}`);

  await open('/app/admin/audit');
  const table = page.getByRole('table', { name: 'Audit trail' });
  const changed = table.getByRole('row', { name: /ada.*Changed.*Team Accounts.*127\.0\.0\.1/ });
  await expect(changed).toBeVisible();
  await changed.getByRole('button', { name: 'What changed: Changed Team Accounts' }).click();
  const difference = page.getByRole('table', { name: 'What changed' });
  await expect(difference.getByRole('row', { name: 'name Billing Accounts' })).toBeVisible();
  await look('audit', { themes: ['light', 'dark'] });
  await table.getByRole('row', { name: /Deleted/ }).getByRole('button', { name: /^What changed/ }).click();
  await expect(page.getByText('It was as follows before it was deleted.')).toBeVisible();
  await expect(page.getByText('Hotline')).toBeVisible();

  // Only what is about this one; and only deletions.
  await changed.getByRole('button', { name: /^Only this/ }).click();
  await expect(page.getByText('Only records about one object are shown.')).toBeVisible();
  await expect(table.getByRole('row', { name: /Team Accounts/ })).toHaveCount(2);
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByLabel('What', { exact: true }).click();
  await page.getByRole('option', { name: 'Deleted' }).click();
  await expect(table.getByRole('row', { name: /Changed/ })).toHaveCount(0);
  await expect(table.getByRole('row', { name: /Deleted/ })).toBeVisible();
  await expect(page).toHaveURL(/deed=object\.deleted/);

  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export CSV' }).click();
  const file = await readFile(await (await coming).path(), 'utf8');
  expect(file.trim().split('\r\n').slice(1).every((line) => line.includes('object.deleted'))).toBe(true);

  await page.getByLabel('What', { exact: true }).click();
  await page.getByRole('option', { name: 'Everything' }).click();
  await expect(table.getByRole('row', { name: /Signed in/ }).first()).toBeVisible();
  await page.getByLabel('Kind of object').click();
  await page.getByRole('option', { name: 'Team', exact: true }).click();
  await expect(table.getByRole('row', { name: /Signed in/ })).toHaveCount(0);
  await table.getByRole('link', { name: 'Team Accounts' }).first().click();
  await expect(page.getByRole('heading', { name: 'Accounts', level: 1 })).toBeVisible();
});
