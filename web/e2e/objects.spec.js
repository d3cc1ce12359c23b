import { ADMIN, expect, test } from './screen.js';

test.use({ place: 'objects' });

/** Places of another kind than lists of objects that are made. */
const APART = ['admin', 'roles', 'customers', 'settings', 'live', 'reports', 'dry-run', 'audit', 'inspector', 'simulator', 'dead-letters', 'health'];

/** Time for a look at every page, in both themes. */
const PAGES_MS = 300_000;

test.describe('registered objects', () => {
  test.use({ expected: ['409', '401', '400'] });

  test('a skill and a queue are made, changed, looked back at and restored', async ({ page, hub, open, look }) => {
    const admin = await hub.admin();
    await open('/app/admin/skills');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.keyboard.press('n');
    await page.getByLabel('Name', { exact: true }).fill('Arabic');
    await page.getByRole('button', { name: 'Create' }).click();
    await expect(page.getByRole('heading', { name: 'Arabic', level: 1 })).toBeVisible();
    // The session ends while something is being typed; nothing of it is lost.
    await page.getByLabel('Description').fill('Speaks and writes it');
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Save' }).click();
    const again = page.getByRole('dialog', { name: 'Your session has ended' });
    await expect(again).toBeVisible();
    await look('session-ended');
    await again.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await again.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByText('Saved')).toBeVisible();

    const [skill] = await admin.get('/routing-engine/routing-attributes');
    expect(skill.description).toBe('Speaks and writes it');
    const associatedRoutingAttributes = [{ routingAttribute: { id: skill.id }, value: 8 }];
    const karim = { username: 'karim', password: 'a long password', firstName: 'Karim', lastName: 'Aziz', roles: ['agent'] };
    await admin.post('/unified-admin/users', { ...karim, associatedRoutingAttributes });

    await open('/app/admin/queues/new');
    await page.getByLabel('Name', { exact: true }).fill('Arabic speakers');
    await page.getByLabel('Media routing domain').click();
    await page.getByRole('option', { name: 'CHAT' }).click();
    await page.getByRole('button', { name: 'Add a step' }).click();
    await expect(page.getByText('Karim Aziz')).toBeVisible();
    await page.getByLabel('Value').fill('9');
    await expect(page.getByText('Karim Aziz')).toHaveCount(0);
    await page.getByLabel('Value').fill('7');
    await expect(page.getByText('Karim Aziz')).toBeVisible();
    await look('queue', { themes: ['light', 'dark'] });
    await page.getByRole('button', { name: 'Create' }).click();
    await expect(page.getByRole('heading', { name: 'Arabic speakers', level: 1 })).toBeVisible();

    await page.getByLabel('Name', { exact: true }).fill('Speakers of Arabic');
    // Who goes elsewhere by mistake is asked, and finds what he typed as it was.
    await page.getByRole('link', { name: 'Skills' }).click();
    await expect(page.getByRole('dialog', { name: 'Leave without saving?' })).toBeVisible();
    await look('unsaved', { themes: ['light', 'dark'] });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('heading', { name: 'Speakers of Arabic', level: 1 })).toBeVisible();
    await page.getByRole('tab', { name: 'History' }).click();
    await expect(page.getByText('Version 2')).toBeVisible();
    await expect(page.getByRole('table', { name: 'Version 2' })).toContainText('Arabic speakers');
    await look('history', { themes: ['light', 'dark'] });
    await page.getByRole('button', { name: 'Restore' }).click();
    await expect(page.getByRole('heading', { name: 'Arabic speakers', level: 1 })).toBeVisible();
    await expect(page.getByText('Version 3')).toBeVisible();

    // What is in use stays, and says by what.
    await page.goto(`${hub.url}/app/admin/skills/${skill.id}`);
    await page.getByRole('tab', { name: 'Used by' }).click();
    await expect(page.getByRole('link', { name: 'Arabic speakers' })).toBeVisible();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByRole('alert')).toContainText('Arabic speakers');
    await look('in-the-way', { themes: ['light', 'dark'] });
    await page.getByRole('alert').getByRole('link').click();
    await expect(page.getByRole('heading', { name: 'Arabic speakers', level: 1 })).toBeVisible();
  });
});

test('each place has its page, which says what to do when it is empty', async ({ page, hub, open, look }) => {
  test.setTimeout(PAGES_MS);
  await open('/app/admin/connect');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await look('connect', { themes: ['light', 'dark'] });
  const places = await page.getByRole('navigation').getByRole('link').all();
  const paths = await Promise.all(places.map((place) => place.getAttribute('href')));
  expect(paths.length).toBeGreaterThan(20);
  for (const path of paths) {
    await page.goto(hub.url + path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('status', { name: 'Loading…' })).toHaveCount(0);
    await look(`list-${path.split('/').at(-1)}`, { themes: ['light', 'dark'] });
  }
});

test('each kind of object has its form', async ({ page, hub, open, look }) => {
  test.setTimeout(PAGES_MS);
  await open('/app/admin');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const places = await page.getByRole('navigation').getByRole('link').all();
  const kinds = (await Promise.all(places.map((place) => place.getAttribute('href')))).map((path) => path.split('/').at(-1));
  const made = kinds.filter((kind) => !APART.includes(kind));
  expect(made.length).toBeGreaterThan(15);
  for (const kind of made) {
    await page.goto(`${hub.url}/app/admin/${kind}/new`);
    await expect(page.getByRole('button', { name: 'Create', exact: true })).toBeVisible();
    await expect(page.getByRole('status', { name: 'Loading…' })).toHaveCount(0);
    await look(`new-${kind}`, { themes: ['light', 'dark'] });
  }
});
