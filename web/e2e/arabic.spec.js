import { floor as floorOf } from './floor.js';
import { ADMIN, expect, test } from './screen.js';

test.use({ place: 'arabic', locale: 'ar', expected: ['400'] });

/** The middle of something, from the left edge. */
async function middle(locator) {
  const { x, width } = await locator.boundingBox();
  return x + width / 2;
}

test.describe('what is refused', () => {
  test.use({ expected: ['401', '409'] });

  test('is said in Arabic, with the words of the hub where they are of the moment', async ({ page, hub, open }) => {
    await page.goto(hub.url);
    await page.locator('[autocomplete=username]').fill(ADMIN.username);
    await page.locator('[type=password]').fill('something else');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toHaveText('اسم المستخدم أو كلمة المرور غير صحيح');

    const admin = await hub.admin();
    await admin.post('/unified-admin/team', { teamName: 'Care' });
    await open('/app/admin/teams/new');
    await page.locator('main input').first().fill('Care');
    await page.keyboard.press('Enter');
    await expect(page.getByText('مستخدم بالفعل في')).toBeVisible();
  });
});

test('an administrator who reads Arabic makes a queue, from right to left', async ({ page, hub, open, look }) => {
  const admin = await hub.admin();
  const domain = (await admin.get('/routing-engine/media-routing-domains')).find(({ name }) => name === 'CHAT');
  await admin.post('/routing-engine/routing-attributes', { name: 'العربية', type: 'PROFICIENCY_LEVEL', defaultValue: 1 });
  await open('/app/admin');
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('الرئيسية');
  await look('home-ar', { themes: ['light', 'dark'] });

  const menu = page.getByRole('navigation');
  expect(await middle(menu), 'the places stand on the right').toBeGreaterThan(900);
  await menu.getByRole('link', { name: 'الطوابير' }).click();
  await expect(page.getByRole('table')).toBeVisible();
  const heads = page.getByRole('columnheader');
  expect(await middle(heads.first()), 'the first column is the rightmost').toBeGreaterThan(await middle(heads.last()));
  const makes = page.getByRole('link', { name: 'إنشاء' });
  expect(await middle(makes), 'what can be done stands opposite the title').toBeLessThan(await middle(page.getByRole('heading', { level: 1 })));
  await makes.click();

  const [name, mrd] = [page.getByLabel('الاسم', { exact: true }), page.getByLabel('مجال توجيه الوسائط')];
  await name.fill('فريق العربية');
  await expect(name).toHaveCSS('direction', 'rtl');
  expect(await middle(name), 'the first field is to the right of the second').toBeGreaterThan(await middle(mrd));
  await mrd.click();
  const option = page.getByRole('option', { name: domain.name });
  expect(Math.abs((await middle(option)) - (await middle(mrd))), 'choices open at their field').toBeLessThan(60);
  await option.click();
  await page.getByRole('button', { name: 'أضف خطوة' }).click();
  await look('queue-ar', { themes: ['light', 'dark'] });
  await page.getByRole('button', { name: 'إنشاء', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'فريق العربية', level: 1 })).toBeVisible();
  const tabs = page.getByRole('tab');
  expect(await middle(tabs.first()), 'the first tab is the rightmost').toBeGreaterThan(await middle(tabs.last()));

  await page.goto(`${hub.url}/app/admin/simulator`);
  await expect(page.getByText('لا توجد قناة للكتابة عليها')).toBeVisible();
  const narrow = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  expect(narrow, 'nothing hangs over the edge').toBe(true);
  await look('simulator-ar', { themes: ['light', 'dark'] });
});

test('time runs from right to left in charts, with the values beside its beginning', async ({ page, hub, open, look }) => {
  const floor = await floorOf(hub);
  const { customer } = await floor.line();
  await customer('Jonas Brandt').says('Hello');
  await open('/app/admin/reports?every=hour&by=channel');
  const chart = page.locator('.uplot');
  await expect(chart.locator('canvas')).toBeVisible();
  const [times, values] = [chart.locator('.u-axis').first(), chart.locator('.u-axis').last()];
  expect(await middle(values), 'the values stand on the right').toBeGreaterThan(await middle(times));
  const { x, y, width, height } = await chart.locator('.u-over').boundingBox();
  await page.mouse.move(x + width - 2, y + height / 2);
  await expect(chart.locator('.u-legend .u-value').first(), 'the day begins at the right').toContainText('12:00:00 ص');
  await look('chart-ar', { themes: ['light', 'dark'] });
  await floor.close();
});

test('why a customer waits is said in Arabic, and names who is there before who is not', async ({ page, hub, open, look }) => {
  const floor = await floorOf(hub);
  const { customer } = await floor.line();
  await floor.person('Amina');
  await open('/app/desk', await floor.person('Zara'));
  await expect(page.getByText('لست جاهزًا')).toBeVisible();
  await customer('Jonas Brandt').says('Hello');
  const [{ id }] = (await floor.admin.get('/conversation-manager/conversations?state=open')).conversations;
  await open(`/app/admin/inspector/${id}`);
  const reasons = page.getByRole('listitem').filter({ hasText: '·' });
  await expect(reasons).toContainText(['Zara · انقطع اتصاله', 'Amina · خارج النظام']);
  await look('why-ar', { themes: ['light', 'dark'] });
  await floor.close();
});
