import { TOTP } from 'otpauth';
import { ADMIN, expect, test } from './screen.js';

const AMINA = { username: 'amina', password: 'another long password' };
const PERIOD_MS = 30_000;

/** The code of a secret, `later` periods from now. */
const codeOf = (secret, later = 0) => new TOTP({ secret }).generate({ timestamp: Date.now() + later * PERIOD_MS });

/** Goes through the enrolment that is on the page; the secret and the recovery codes. */
async function enrol(page, password, look) {
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('img', { name: 'Scan this with an authenticator app' })).toBeVisible();
  const secret = (await page.getByRole('region', { name: 'Or type this key into the app' }).textContent()).replaceAll(' ', '');
  await look('second-factor-secret', { themes: ['light', 'dark'] });

  await page.getByLabel('Code', { exact: true }).fill('000000');
  await page.getByRole('button', { name: 'Switch on' }).click();
  await expect(page.getByText('The code is wrong or over')).toBeVisible();
  await page.getByLabel('Code', { exact: true }).fill(codeOf(secret));
  await page.getByRole('button', { name: 'Switch on' }).click();
  const codes = (await page.getByRole('region', { name: 'Recovery codes' }).textContent()).trim().split('\n');
  expect(codes).toHaveLength(10);
  await look('second-factor-recovery');
  await page.getByRole('button', { name: 'I have kept them' }).click();
  return { secret, codes };
}

async function signIn(page, { username, password }) {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test.use({ place: 'second factors', expected: ['400', '401'] });

test('somebody sets one up, is asked for it, and switches it off again', async ({ page, hub, open, look, context }) => {
  const admin = await hub.admin();
  await admin.post('/unified-admin/users', { ...AMINA, firstName: 'Amina', lastName: 'Okafor', roles: ['supervisor'] });
  await open('/app/', AMINA);
  await page.getByRole('button', { name: 'Your account' }).click();
  await page.getByRole('menuitem', { name: 'Sign-in and security' }).click();
  await expect(page.getByRole('heading', { name: 'Second factor' })).toContainText('Off');
  await look('second-factor-off');
  await page.getByRole('button', { name: 'Set up' }).click();
  const { secret, codes } = await enrol(page, AMINA.password, look);
  await expect(page.getByRole('heading', { name: 'Second factor' })).toContainText('On');
  await expect(page.getByText('Recovery codes left: 10')).toBeVisible();

  await context.clearCookies();
  await page.reload();
  await signIn(page, AMINA);
  await expect(page.getByText('Your account has a second factor.')).toBeVisible();
  await look('second-factor-code', { themes: ['light', 'dark'] });
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('The code is wrong or over');
  // That of the present half minute may have been used up by setting it up.
  await page.getByLabel('Code', { exact: true }).fill(codeOf(secret, 1));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(`${hub.url}/app/account`);
  await expect(page.getByText('Recovery codes left: 10')).toBeVisible();

  await page.getByRole('button', { name: 'Switch off' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Password', { exact: true }).fill(AMINA.password);
  await dialog.getByLabel('Code', { exact: true }).fill(codes[0].toUpperCase());
  await dialog.getByRole('button', { name: 'Switch off' }).click();
  await expect(page.getByRole('heading', { name: 'Second factor' })).toContainText('Off');
});

test('whoever must have one sets it up before anything else, and an administrator takes a lost one away', async ({ page, hub, open, look, context }) => {
  const admin = await hub.admin();
  const bela = { username: 'bela', password: 'yet another long password' };
  await admin.post('/unified-admin/users', { ...bela, roles: ['agent'] });
  await open('/app/admin/settings');
  await page.getByRole('group', { name: 'Second factor required for' }).getByLabel('Agent').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved')).toBeVisible();

  await context.clearCookies();
  await page.goto(`${hub.url}/app/desk`);
  await signIn(page, bela);
  await expect(page.getByRole('heading', { name: 'Set up your second factor' })).toBeVisible();
  await look('second-factor-required', { themes: ['light', 'dark'] });
  await enrol(page, bela.password, look);
  await expect(page).toHaveURL(`${hub.url}/app/desk`);
  await expect(page.getByRole('button', { name: 'Your account' })).toBeVisible();

  await context.clearCookies();
  const [{ id }] = (await admin.get('/unified-admin/users')).filter(({ username }) => username === bela.username);
  await open(`/app/admin/users/${id}`, ADMIN);
  await page.getByRole('button', { name: 'Remove the second factor' }).click();
  await look('second-factor-lost');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the second factor' }).click();
  await expect(page.getByRole('button', { name: 'Remove the second factor' })).toHaveCount(0);
  expect((await admin.get(`/unified-admin/users/${id}`)).secondFactor).toBe(false);
});
