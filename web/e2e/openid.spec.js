import { startHub } from './hub.js';
import { freePort, startProvider } from './provider.js';
import { ADMIN, expect, test as base } from './screen.js';

const CLIENT = { client: 'tieline', secret: 'a secret of the client' };

const test = base.extend({
  /** What the provider tells of people; stories may change it. */
  people: [
    async ({}, use) =>
      use({
        'subject-1': { preferred_username: 'amina', given_name: 'Amina', family_name: 'Okafor', groups: ['desk', 'football'] },
        'subject-2': { preferred_username: 'bela', groups: ['football'] },
        'subject-3': { preferred_username: ADMIN.username, groups: ['desk'] },
        'subject-4': { preferred_username: 'lena.okafor', groups: ['desk'] },
      }),
    { scope: 'worker' },
  ],

  address: [async ({}, use) => use(`127.0.0.1:${await freePort()}`), { scope: 'worker' }],

  provider: [
    async ({ people, address }, use) => {
      const provider = await startProvider({ ...CLIENT, callback: `http://${address}/auth/oidc/callback`, people });
      await use(provider);
      await provider.stop();
    },
    { scope: 'worker' },
  ],

  hub: [
    async ({ provider, address }, use) => {
      const more = `listen.public_url = "http://${address}"
        auth.oidc.issuer = "${provider.issuer}"
        auth.oidc.client_id = "${CLIENT.client}"
        auth.oidc.client_secret = "${CLIENT.secret}"
        auth.oidc.scopes = ["profile", "groups"]
        auth.oidc.roles = { "desk" = ["agent"], "leads" = ["supervisor"] }
        auth.oidc.label = "Sign in with Acme"`;
      const hub = await startHub({ address, more });
      await use(hub);
      await hub.stop();
    },
    { scope: 'worker' },
  ],
});

test.use({ place: 'a provider', expected: ['401'] });

// The provider's own pages want a font from elsewhere, and an icon they do not have.
test.beforeEach(async ({ page, provider }) => {
  await page.route(`${provider.issuer}/favicon.ico`, (route) => route.fulfill({ status: 204 }));
  await page.route('https://fonts.googleapis.com/**', (route) => route.fulfill({ contentType: 'text/css', body: '' }));
});

/** From the sign-in screen to the provider's page. */
async function leave(page) {
  await page.getByRole('button', { name: 'Sign in with Acme' }).click();
  await expect(page.getByPlaceholder('Enter any login')).toBeVisible();
}

/** Signs in at the provider and lets it tell what it is asked for. */
async function comeBackAs(page, subject) {
  await page.getByPlaceholder('Enter any login').fill(subject);
  await page.getByPlaceholder('and password').fill('anything');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('somebody signs in at the provider and comes to the page he wanted, with the roles it gives', async ({ page, hub, people, look, context }) => {
  await page.goto(`${hub.url}/app/desk/lists`);
  await expect(page.getByRole('button', { name: 'Sign in with Acme' })).toBeVisible();
  await look('openid', { themes: ['light', 'dark'] });
  await leave(page);
  await comeBackAs(page, 'subject-1');
  await expect(page).toHaveURL(`${hub.url}/app/desk/lists`);
  const menu = page.getByRole('button', { name: 'Your account' });
  await expect(menu).toContainText('Amina Okafor');
  expect(await page.evaluate(() => document.cookie), 'scripts see no token').toBe('');

  const admin = await hub.admin();
  const account = async () => (await admin.get('/unified-admin/users')).find(({ username }) => username === 'amina');
  const { identity, roles } = await account();
  expect({ subject: identity.subject, roles }).toEqual({ subject: 'subject-1', roles: ['agent'] });
  await page.goto(`${hub.url}/app/account`);
  await expect(page.getByText('You sign in with your organisation’s own sign-in')).toBeVisible();

  // The next sign-in brings other roles, to the same account.
  people['subject-1'].groups = ['leads'];
  await context.clearCookies();
  await page.goto(`${hub.url}/app/`);
  await leave(page);
  await comeBackAs(page, 'subject-1');
  await expect(page.getByRole('button', { name: 'Your account' })).toBeVisible();
  expect((await account()).roles).toEqual(['supervisor']);

  await page.getByRole('button', { name: 'Your account' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  expect((await context.cookies(hub.url)).map(({ name }) => name).filter((name) => name.startsWith('tieline'))).toEqual([]);
});

for (const [subject, title, lead] of [
  ['subject-2', 'Your account has no role here', 'Ask an administrator to put you in a group that may work here.'],
  ['subject-3', 'There is another account with your user name here', 'If it is yours, ask an administrator to connect it.'],
]) {
  test(`${subject} is not let in, and told why: ${title}`, async ({ page, hub, look }) => {
    await page.goto(`${hub.url}/app/desk`);
    await leave(page);
    await comeBackAs(page, subject);
    await expect(page.getByRole('alert')).toContainText(title);
    await expect(page.getByRole('alert')).toContainText(lead);
    await look(`openid-${subject}`);
    await page.getByLabel('User name').fill(ADMIN.username);
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page, 'whoever has an account here signs in with it').toHaveURL(`${hub.url}/app/admin`);
  });
}

test('an account that an administrator has connected is its own, and its password is gone', async ({ page, hub, provider, open, look, expected, context }) => {
  expected.push('400');
  const admin = await hub.admin();
  const lena = { username: 'lena', password: 'a password that ends' };
  const { id } = await admin.post('/unified-admin/users', { ...lena, firstName: 'Lena', roles: ['agent'] });
  await open(`/app/admin/users/${id}`);
  await page.getByRole('switch', { name: 'Signs in at a provider' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toHaveCount(0);
  await page.getByLabel('Issuer').fill(provider.issuer);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('Must not be blank');
  await look('user-identity', { themes: ['light', 'dark'] });
  await page.getByLabel('Subject').fill('subject-4');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved')).toBeVisible();
  await context.clearCookies();
  expect((await page.request.post(`${hub.url}/auth/session`, { data: lena })).status()).toBe(401);

  await page.goto(`${hub.url}/app/`);
  await leave(page);
  await comeBackAs(page, 'subject-4');
  await expect(page.getByRole('button', { name: 'Your account' })).toContainText('Lena');
});

test('whoever turns back at the provider is told that he did', async ({ page, hub }) => {
  await page.goto(`${hub.url}/app/`);
  await leave(page);
  await page.getByRole('link', { name: 'Cancel' }).click();
  await expect(page.getByRole('alert')).toContainText('You did not finish signing in');
});
