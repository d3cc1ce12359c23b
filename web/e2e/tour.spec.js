import { expect, test } from './screen.js';

test.use({ place: 'tour' });

const card = (page) => page.getByRole('region', { name: 'First steps' });

test('from an empty hub to a first message, by keyboard, with a break', async ({ page, hub, open, look, context }) => {
  await open('/app/admin');
  await expect(card(page).getByText('0 of 4')).toBeVisible();
  await expect(page.getByText('Needs attention')).toBeVisible();
  await look('home-new', { themes: ['light', 'dark'] });

  await page.getByRole('button', { name: 'Begin' }).press('Enter');
  // Left, and taken up again.
  await page.getByRole('button', { name: 'Not now' }).press('Enter');
  await expect(card(page)).toHaveCount(0);
  await page.reload();
  await page.getByRole('button', { name: 'First steps' }).press('Enter');
  await page.getByRole('button', { name: 'Make a trial channel' }).press('Enter');
  await expect(card(page).getByText('1 of 4')).toBeVisible();

  // The administrator serves himself, at the desk in a second window.
  await page.getByRole('button', { name: 'Make me an agent, too' }).press('Enter');
  const opened = context.waitForEvent('page');
  await page.getByRole('button', { name: 'Open the desk beside it' }).press('Enter');
  const desk = await opened;
  await desk.getByRole('button', { name: 'Get ready' }).click();
  await expect(desk.getByRole('button', { name: /^Your state: Ready/ })).toBeVisible();
  await expect(card(page).getByText('2 of 4')).toBeVisible();
  await look('home-tour');

  await page.getByRole('link', { name: 'Open the simulator' }).press('Enter');
  await expect(card(page).getByText('3/4 Let a customer write')).toBeVisible();
  await page.getByRole('textbox', { name: 'Write as the customer' }).fill('I would like to talk to somebody');
  await page.keyboard.press('Enter');
  await expect(card(page).getByText('4/4 See what happened')).toBeVisible();
  await look('tour-bar', { themes: ['light', 'dark'] });
  await expect(desk.getByRole('region', { name: /Request from/ })).toBeVisible();
  await desk.keyboard.press('a');
  await desk.getByRole('textbox', { name: /^Write to/ }).fill('You are talking to me.');
  await desk.keyboard.press('Enter');
  await expect(page.getByRole('log').getByText('You are talking to me.')).toBeVisible();
  await expect(page.getByRole('log').getByText('Delivered').last()).toBeVisible();

  await page.getByRole('button', { name: 'Open the conversation' }).press('Enter');
  await expect(page).toHaveURL(/inspector\/./);
  await expect(page.getByText('I would like to talk to somebody')).toBeVisible();
  await expect(page.getByText('That was the tour')).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).press('Enter');
  await expect(card(page)).toHaveCount(0);
  await page.goto(`${hub.url}/app/admin`);
  await expect(page.getByText('Agents at work')).toBeVisible();
  await expect(page.getByText('Nothing needs you')).toBeVisible();
  await expect(card(page)).toHaveCount(0);
  await look('home', { themes: ['light', 'dark'] });
});
