import { ADMIN, expect, test as base } from './screen.js';
import { floor as floorOf } from './floor.js';

const test = base.extend({
  floor: async ({ hub }, use) => {
    const floor = await floorOf(hub);
    await use(floor);
    await floor.close();
  },
});

test.use({ place: 'customers', expected: ['400', '404', '409'] });

const customers = (page) => page.getByRole('table', { name: 'Customers' });
const tab = (page, name) => page.getByRole('tab', { name });

test('customers are found, kept, merged, taken apart and erased', async ({ page, hub, open, look, floor }) => {
  const { customer } = await floor.line();
  const jonas = customer('Jonas Brandt');
  await jonas.says('Where is my parcel?');
  await floor.admin.post('/cim-customer/label', { name: 'Gold', colorCode: '#c9a227', priority: 5 });

  await open('/app/admin/customers');
  await expect(customers(page)).toContainText('Not known yet');
  await look('customers', { themes: ['light', 'dark'] });

  // One is made by hand; what the schema refuses is said at its field.
  await page.keyboard.press('n');
  await page.getByLabel('First Name').fill('Mira Vogt');
  await page.getByLabel('Phone number').fill('none of your business');
  await page.getByRole('checkbox', { name: 'Gold' }).check();
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('alert')).toContainText('phone number');
  await look('customer-refused');
  await page.getByRole('button', { name: 'Remove: none of your business' }).click();
  await page.getByLabel('Phone number').fill('+49 30 555010');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { name: 'Mira Vogt', level: 1 })).toBeVisible();
  await look('customer', { themes: ['light', 'dark'] });
  await page.getByLabel('First Name').fill('Mira Vogt-Sand');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { name: 'Mira Vogt-Sand', level: 1 })).toBeVisible();

  // Found by a part of what is known, and by label.
  await page.goto(`${hub.url}/app/admin/customers`);
  await page.getByRole('searchbox', { name: 'Find a customer' }).fill('555010');
  await expect(customers(page).getByRole('row')).toHaveCount(2);
  await page.getByRole('searchbox', { name: 'Find a customer' }).fill('nobody at all');
  await expect(page.getByText('Nothing found')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find a customer' }).fill('');
  await expect(customers(page).getByRole('row')).toHaveCount(3);
  await page.getByLabel('Label', { exact: true }).click();
  await page.getByRole('option', { name: 'Gold' }).click();
  await expect(customers(page).getByRole('row')).toHaveCount(2);
  await customers(page).getByRole('link', { name: 'Mira Vogt-Sand' }).click();

  // Who wrote turns out to be her.
  await page.getByRole('button', { name: 'Merge…' }).click();
  await page.getByRole('textbox', { name: 'Find a customer' }).fill('49 30 900');
  await page.getByRole('radio').check();
  await page.getByRole('textbox', { name: 'Reason' }).fill('The same voice');
  await look('customer-merge');
  await page.getByRole('dialog').getByRole('button', { name: 'Merge' }).click();
  await expect(page.getByText('Merged', { exact: true })).toBeVisible();
  await tab(page, 'Conversations').click();
  await expect(page.getByRole('table', { name: 'Conversations' }).getByRole('row')).toHaveCount(2);
  await look('customer-conversations');
  await tab(page, 'Merged profiles').click();
  await expect(page.getByText('The same voice')).toBeVisible();
  await look('customer-merges', { themes: ['light', 'dark'] });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('Made of one profile')).toBeVisible();
  await tab(page, 'History').click();
  await expect(page.getByRole('table', { name: 'History' })).toContainText(ADMIN.username);
  await page.getByRole('button', { name: /^What changed/ }).first().click();
  await look('customer-history');

  // Erasing says what it does, waits for the conversation to end, and leaves nothing.
  await page.goto(`${hub.url}/app/admin/customers`);
  await page.getByRole('searchbox', { name: 'Find a customer' }).fill('49 30 900');
  await expect(customers(page).getByRole('row')).toHaveCount(2);
  await customers(page).getByRole('link').click();
  await page.getByRole('button', { name: 'Erase…' }).click();
  await expect(page.getByRole('dialog')).toContainText('Nothing said in his conversations can be read again');
  await look('customer-erase', { themes: ['light', 'dark'] });
  await page.getByRole('dialog').getByRole('button', { name: 'Erase for good' }).click();
  await expect(page.getByRole('alert')).toContainText('end it first');
  await jonas.leaves();
  await expect.poll(async () => (await floor.admin.get('/conversation-manager/conversations?state=open')).conversations.length).toBe(0);
  await page.getByRole('dialog').getByRole('button', { name: 'Erase for good' }).click();
  await expect(page.getByText('Erased', { exact: true })).toBeVisible();
  await expect(customers(page).getByRole('row')).toHaveCount(2);
});

test('the inspector says whose a conversation is, and it is given to another and back', async ({ page, open, floor }) => {
  const { customer } = await floor.line();
  await customer('Finn Vogt').says('It is me');
  const { _id: id } = await floor.admin.post('/cim-customer/customers', { firstName: 'Finn Vogt the elder' });
  const [{ id: conversation }] = (await floor.admin.get('/conversation-manager/conversations?state=open')).conversations;

  await open(`/app/admin/inspector/${conversation}`);
  await page.getByRole('button', { name: 'Give to another customer…' }).click();
  await page.getByRole('textbox', { name: 'Find a customer' }).fill('elder');
  await page.getByRole('radio').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Give to him' }).click();
  await page.getByRole('link', { name: 'Finn Vogt the elder' }).click();
  await expect(page).toHaveURL(new RegExp(id));
  await tab(page, 'Conversations').click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Give it back' }).click();
  await expect(page.getByText('No conversations yet')).toBeVisible();

  // The audit trail leads to him.
  await page.goto(new URL('/app/admin/audit', page.url()).href);
  await page.getByRole('link', { name: `Customer …${id.slice(-6)}` }).first().click();
  await expect(page.getByRole('heading', { name: 'Finn Vogt the elder', level: 1 })).toBeVisible();
});

test('who may not see personal values sees masks, and can change nothing', async ({ page, open, floor }) => {
  await floor.admin.post('/cim-customer/customerSchema', { label: 'Account', type: 'string', length: 50, isPii: true, isSearchAble: true });
  await floor.admin.post('/cim-customer/customers', { firstName: 'Mia Schäfer', account: 'DE-4711' });
  const nora = await floor.person('Nora', { roles: ['quality_manager'] });
  await open('/app/admin/customers?words=Mia', nora);
  await customers(page).getByRole('link', { name: 'Mia Schäfer' }).click();
  await expect(page.getByText('Personal values are masked for you')).toBeVisible();
  await expect(page.getByLabel('Account')).toBeDisabled();
  await expect(page.getByLabel('Account')).not.toHaveValue('DE-4711');
  await expect(page.getByRole('button', { name: 'Erase…' })).toHaveCount(0);
});
