// Several people and one customer: who is rung next, who is asked, who takes over, who leads.

import { composer, expect, log, offer, ready, test } from './scene.js';

test('an offer that is not taken rings at somebody else, and the desk says what it has switched off', async ({ page, open, beside, floor, look }) => {
  const line = await floor.line({ ringSecs: 3 });
  const [amina, omar] = [await floor.person('Amina'), await floor.person('Omar')];
  await open('/app/desk', amina);
  await ready(page);
  await line.customer('Jonas Brandt').says('Is anybody there?');
  await expect(offer(page)).toBeVisible();
  const other = await beside(omar);
  await expect(offer(page)).toHaveCount(0);
  await expect(page.getByRole('status').filter({ hasText: 'CHAT is switched off' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Your state: Ready · no CHAT' })).toBeVisible();
  await look('desk-missed', { themes: ['light', 'dark'] });
  await expect(offer(other)).toBeVisible();
  await other.keyboard.press('a');
  await expect(log(other).getByText('Is anybody there?')).toBeVisible();
  await page.getByRole('button', { name: 'Switch on' }).click();
  await expect(page.getByText('You are ready. The next customer will ring here.')).toBeVisible();
});

test('a colleague is consulted unseen, and takes over', async ({ page, beside, floor, look, serving }) => {
  const { writer } = await serving();
  const omar = await floor.person('Omar');
  const other = await beside(omar);

  // Put away by key, it comes again by key.
  for (const key of ['c', 'Escape', 'c']) await page.keyboard.press(key);
  await expect(page.getByRole('dialog', { name: 'Consult' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Whom' }).fill(omar.username);
  await page.getByRole('textbox', { name: 'Note' }).fill('Bill of March');
  await look('desk-consult', { themes: ['light', 'dark'] });
  await page.getByRole('dialog').getByRole('button', { name: 'Consult' }).click();
  await expect(page.getByText('Waiting for Omar to come')).toBeVisible();
  await expect(offer(other).getByText('Amina asks for your advice')).toBeVisible();
  await expect(offer(other).getByText('Bill of March')).toBeVisible();
  await other.keyboard.press('a');
  await expect(page.getByText('Omar (Advisor)')).toBeVisible();
  await other.getByRole('textbox', { name: 'Write to the agents' }).fill('It was charged twice.');
  await other.keyboard.press('Enter');
  await expect(log(page).getByText('It was charged twice.')).toBeVisible();
  await look('desk-whisper');

  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Omar takes over' }).click();
  await expect(page.getByText('All quiet')).toBeVisible();
  await other.getByRole('textbox', { name: /^Write to Jonas/ }).fill('I take over.');
  await other.keyboard.press('Enter');
  await expect.poll(floor.texts).toEqual(['I take over.']);
  await writer.says('Thanks');
  await expect(log(other).getByText('Thanks')).toBeVisible();
});

test('a conversation is transferred to a queue', async ({ page, beside, floor, serving }) => {
  const { of } = await serving();
  const other = await beside(await floor.person('Omar'));
  await page.getByRole('button', { name: 'Transfer' }).click();
  await page.getByRole('textbox', { name: 'Whom' }).fill(of.name);
  await page.getByRole('dialog').getByRole('button', { name: 'Transfer' }).click();
  await expect(page.getByText('Passed on.')).toBeVisible();
  await expect(offer(other).getByText('transfers the customer to you')).toBeVisible();
  await other.getByRole('button', { name: /^Accept/ }).click();
  await expect(log(other).getByText('My bill is wrong.')).toBeVisible();
});

test('a conversation is transferred to a named agent, with a note', async ({ page, beside, floor, serving }) => {
  await serving();
  const omar = await floor.person('Omar');
  const other = await beside(omar);
  await page.keyboard.press('t');
  await page.getByRole('textbox', { name: 'Whom' }).fill(omar.username);
  await page.getByRole('textbox', { name: 'Note' }).fill('He knows the contract.');
  await page.getByRole('dialog').getByRole('button', { name: 'Transfer' }).click();
  await expect(page.getByText('Passed on.')).toBeVisible();
  await expect(page.locator('[data-conversation]')).toHaveCount(0);
  await expect(offer(other).getByText('transfers the customer to you')).toBeVisible();
  await expect(offer(other).getByText('He knows the contract.')).toBeVisible();
  await other.keyboard.press('a');
  await expect(log(other).getByText('My bill is wrong.')).toBeVisible();
  await composer(other).fill('Omar here.');
  await other.keyboard.press('Enter');
  await expect.poll(floor.texts).toEqual(['Omar here.']);
});

test('two agents serve one customer', async ({ page, beside, floor, serving }) => {
  const { of, writer } = await serving();
  const other = await beside(await floor.person('Omar'));
  await page.keyboard.press('f');
  await page.getByRole('textbox', { name: 'Whom' }).fill(of.name);
  await page.getByRole('dialog').getByRole('button', { name: 'Conference' }).click();
  await other.getByRole('button', { name: /^Accept/ }).click();
  await expect(page.getByText('Omar (Serving)')).toBeVisible();
  for (const [desk, text] of [[page, 'Amina here.'], [other, 'And Omar.']]) {
    await composer(desk).fill(text);
    await desk.keyboard.press('Enter');
    for (const one of [page, other]) await expect(log(one).getByText(text)).toBeVisible();
  }
  await expect.poll(floor.texts).toEqual(['Amina here.', 'And Omar.']);
  await writer.says('So many of you!');
  for (const one of [page, other]) await expect(log(one).getByText('So many of you!')).toBeVisible();
});

test('a request is taken from a list, and another is ended by who leads', async ({ page, open, floor, look }) => {
  const list = await floor.list();
  const { customer } = await floor.line({ list });
  await open('/app/desk/lists', await floor.person('Mona', { roles: ['agent', 'supervisor'] }));
  await look('desk-lists-none', { themes: ['light', 'dark'] });
  await page.getByRole('switch', { name: list.name }).click();
  await expect(page.getByText('Nothing waits')).toBeVisible();
  const [jonas, mira] = [customer('Jonas Brandt'), customer('Mira Vogt')];
  await jonas.says('When it suits you.');
  await mira.says('No hurry.');
  await expect(page.getByText('Mira Vogt')).toBeVisible();
  await look('desk-lists', { themes: ['light', 'dark'] });
  const row = (name) => page.getByRole('listitem').filter({ hasText: name });
  await row('Mira').getByRole('button', { name: 'End' }).click();
  await expect(row('Mira')).toHaveCount(0);
  await row('Jonas').getByRole('button', { name: 'Join' }).click();
  await expect(log(page).getByText('When it suits you.')).toBeVisible();
  await composer(page).fill('It does now.');
  await page.keyboard.press('Enter');
  await expect.poll(floor.texts).toEqual(['It does now.']);
});

test('a supervisor sees his team, is called, whispers and barges in', async ({ page, open, beside, floor, look }) => {
  const team = await floor.admin.post('/unified-admin/team', { teamName: `Care ${Date.now()}` });
  const amina = await floor.person('Amina', { userTeam: { teamId: team.teamId } });
  const mona = await floor.person('Mona', { roles: ['supervisor'], supervisedTeams: [{ teamId: team.teamId }] });
  const line = await floor.line();
  const other = await beside(amina);
  await line.customer('Jonas Brandt').says('I want to speak to your boss.');
  await other.getByRole('button', { name: /^Accept/ }).click();
  await expect(log(other).getByText('speak to your boss')).toBeVisible();

  await open('/app/desk/team', mona);
  await expect(page.getByRole('heading', { name: 'Being served' })).toBeVisible();
  await expect(page.getByText('Jonas Brandt')).toBeVisible();
  await look('desk-team', { themes: ['light', 'dark'] });
  await page.getByRole('button', { name: 'Announce' }).click();
  await page.getByRole('textbox', { name: 'What to say' }).fill('Lunch is at noon.');
  await page.getByRole('dialog').getByRole('button', { name: 'Announce' }).click();
  await expect(other.getByText('Lunch is at noon.')).toBeVisible();

  await page.getByRole('button', { name: 'Watch' }).click();
  await expect(log(page).getByText('speak to your boss')).toBeVisible();
  await expect(page.getByText('You are listening')).toBeVisible();
  await expect(page.getByRole('textbox', { name: /^Write to/ })).toHaveCount(0);
  await expect(other.getByText('Mona (')).toHaveCount(0);
  await page.keyboard.press('e');
  await page.keyboard.press('Enter');
  await expect(log(page)).toHaveCount(0);

  await other.keyboard.press('h');
  await expect(page.getByText(/raises a hand over Jonas/)).toBeVisible();
  await page.getByRole('button', { name: 'Join' }).click();
  await expect(log(page).getByText('speak to your boss')).toBeVisible();
  await page.getByRole('textbox', { name: 'Write to the agents' }).fill('Offer him a refund.');
  await page.keyboard.press('Enter');
  await expect(log(other).getByText('Offer him a refund.')).toBeVisible();
  await page.getByRole('button', { name: 'Barge in' }).click();
  await page.getByRole('textbox', { name: /^Write to Jonas/ }).fill('Mona here, the boss.');
  await page.keyboard.press('Enter');
  await expect.poll(floor.texts).toEqual(['Mona here, the boss.']);
  await expect(log(other).getByText('Mona here, the boss.')).toBeVisible();
});
