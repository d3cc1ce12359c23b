// What happened to a conversation, for who may see personal data and for who may not.

import { floor as floorOf } from './floor.js';
import { expect, test } from './screen.js';

test.use({ place: 'inspector' });

test('a conversation is followed without what is personal by who may not see it', async ({ page, hub, open, look }) => {
  const floor = await floorOf(hub);
  const [quinn, sam] = [await floor.person('Quinn', { roles: ['quality_manager'] }), await floor.person('Sam', { roles: ['supervisor'] })];
  const { customer, queue } = await floor.line();
  const schema = await floor.admin.get('/cim-customer/customerSchema');
  const address = schema.find(({ channelTypes }) => channelTypes.some((name) => name.startsWith('WEBTEST')));
  await floor.admin.put(`/cim-customer/customerSchema/${address._id}`, { ...address, isPii: true });
  await customer('Jonas Brandt').says('My bill is wrong.');
  const [{ id, sessions }] = (await floor.admin.get('/conversation-manager/conversations?state=open')).conversations;
  const [{ customerIdentifier: number }] = sessions;

  const masked = page.getByText('Personal values are masked for you.', { exact: false });
  const shown = (path) => expect(page.getByRole('main')).toContainText(path);
  const hidden = () => expect(page.getByRole('main')).not.toContainText(number);
  await open('/app/admin/inspector', quinn);
  await expect(page.getByRole('table', { name: 'Conversations' }).getByRole('row')).toHaveCount(2);
  await expect(masked).toBeVisible();
  await hidden();
  await look('inspector-list-masked', { themes: ['light', 'dark'] });
  await page.getByRole('table', { name: 'Conversations' }).getByRole('link').click();
  await shown('My bill is wrong.');
  await shown('Why it waits');
  await page.getByRole('switch', { name: 'Raw events' }).click();
  for (const event of await page.getByText('Raw event', { exact: true }).all()) await event.click();
  await shown('"CUSTOMER_MESSAGE"');
  await expect(masked).toBeVisible();
  await hidden();
  await look('inspector-masked', { themes: ['light', 'dark'] });

  await open(`/app/admin/inspector/${id}`, sam);
  await shown('My bill is wrong.');
  await shown(number);
  await expect(masked).toHaveCount(0);
  await look('inspector-clear');

  // Of those that have ended, one is found by where and when it was.
  await floor.close();
  await open('/app/admin/inspector', sam);
  await page.getByLabel('Queue').click();
  await page.getByRole('option', { name: queue.name, exact: true }).click();
  await expect(page).toHaveURL(/state=closed/);
  await expect(page.getByRole('table', { name: 'Conversations' }).getByRole('row')).toHaveCount(2);
  await page.getByLabel('From').fill('2020-01-01');
  await page.getByLabel('Until').fill('2020-01-02');
  await expect(page.getByText('Choose less narrowly, or another time.')).toBeVisible();
  await look('inspector-narrowed');
  await page.getByLabel('State').click();
  await page.getByRole('option', { name: 'All' }).click();
  await expect(page.getByRole('table', { name: 'Conversations' }).getByRole('row')).toHaveCount(2);
});
