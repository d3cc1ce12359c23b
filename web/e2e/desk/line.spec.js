// What breaks while agents work: hubs are killed, lines come and go, sessions end, pages are loaded anew.

import { composer, expect, give, log, offer, test } from './scene.js';

test('the hub restarts in mid-sentence: nothing typed is lost, and what is sent arrives once', async ({ page, hub, floor, expected, look, serving }) => {
  expected.push('ERR_CONNECTION', 'WebSocket', 'Failed to load resource');
  const { writer } = await serving();
  await composer(page).fill('Let me loo');
  await hub.halt('SIGKILL');
  await composer(page).pressSequentially('k into that.');
  await page.keyboard.press('Enter');
  await expect(log(page).getByText('Sending…')).toBeVisible();
  await composer(page).fill('And the next thing I ty');
  await expect(page.getByText('The hub cannot be reached. 1 waiting to be sent.')).toBeVisible();
  await look('desk-lost', { themes: ['light', 'dark'] });
  await hub.serve();
  await expect(log(page).getByText('Sent', { exact: true })).toBeVisible({ timeout: 15_000 });
  await expect(composer(page)).toHaveValue('And the next thing I ty');
  await writer.says('Good.');
  await expect(log(page).getByText('Good.')).toBeVisible();
  expect(floor.texts()).toEqual(['Let me look into that.']);

  await page.reload();
  await expect(composer(page)).toHaveValue('And the next thing I ty');
  await expect(log(page).getByText('Let me look into that.')).toHaveCount(1);
});

test('when the session has ended, its agent signs in where he is, and goes on in mid-sentence', async ({ page, hub, context, floor, serving, expected, look }) => {
  expected.push('ERR_CONNECTION', 'WebSocket', 'Failed to load resource');
  const { amina, writer } = await serving();
  await composer(page).fill('I will lo');
  await context.clearCookies();
  await hub.halt('SIGKILL');
  await composer(page).pressSequentially('ok into i');
  await hub.serve();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Password', { exact: true })).toBeFocused({ timeout: 15_000 });
  await look('desk-session-ended', { themes: ['light', 'dark'] });
  await page.keyboard.type(amina.password);
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(composer(page)).toHaveValue('I will look into i');
  await composer(page).press('End');
  await composer(page).pressSequentially('t.');
  await page.keyboard.press('Enter');
  await expect(log(page).getByText('Sent', { exact: true })).toBeVisible();
  await expect.poll(floor.texts).toEqual(['I will look into it.']);
  await writer.says('Thank you.');
  await expect(log(page).getByText('Thank you.')).toBeVisible();
});

test('a line that comes and goes loses and doubles nothing', async ({ page, context, floor, serving, expected }) => {
  expected.push('ERR_INTERNET_DISCONNECTED', 'WebSocket', 'Failed to load resource');
  const { writer } = await serving();
  const said = [];
  for (const round of [1, 2, 3]) {
    await context.setOffline(true);
    await expect(page.getByText(/^The hub cannot be reached/)).toBeVisible();
    await give(composer(page), 'paste', { name: `plan-${round}.txt`, type: 'text/plain', content: Buffer.from(`plan ${round}`) });
    said.push(`Written in the dark, ${round}.`);
    await composer(page).fill(said.at(-1));
    await writer.says(`Are you there, ${round}?`);
    await context.setOffline(false);
    await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled({ timeout: 15_000 });
    await page.keyboard.press('Enter');
    await expect(log(page).getByText(`Are you there, ${round}?`)).toBeVisible();
    await expect.poll(floor.texts).toEqual(said);
  }
  expect(floor.delivered.filter(({ body }) => body.type === 'FILE').length).toBe(3);
});

test('a wrap-up in the making outlives a restart of the hub and a reload', async ({ page, hub, floor, serving, expected }) => {
  expected.push('ERR_CONNECTION', 'WebSocket', 'Failed to load resource');
  const { writer } = await serving({ settings: { wrapUp: { enabled: true, seconds: 300 } } });
  await writer.leaves();
  const panel = page.getByRole('region', { name: 'Wrap-up' });
  await panel.getByRole('button', { name: 'Technical fault' }).click();
  await panel.getByRole('textbox', { name: 'Note' }).fill('Wants a cre');
  await hub.halt('SIGKILL');
  await panel.getByRole('textbox', { name: 'Note' }).pressSequentially('dit note');
  await hub.serve();
  await expect(page.getByText(/^The hub cannot be reached/)).toHaveCount(0, { timeout: 15_000 });
  const kept = async () => {
    await expect(panel.getByRole('button', { name: 'Technical fault' })).toHaveAttribute('aria-pressed', 'true');
    await expect(panel.getByRole('textbox', { name: 'Note' })).toHaveValue('Wants a credit note');
  };
  await kept();
  await page.reload();
  await kept();
  await panel.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText('Wrapped up.')).toBeVisible();
  expect(floor.texts()).toEqual([]);
});

test('the time to wrap up runs out in mid-sentence: what is written is handed in', async ({ page, floor, serving }) => {
  const { writer } = await serving({ settings: { wrapUp: { enabled: true, seconds: 5 } } });
  await writer.leaves();
  const panel = page.getByRole('region', { name: 'Wrap-up' });
  await panel.getByRole('textbox', { name: 'Note' }).fill('Wants a credit no');
  await expect(page.getByText('Wrapped up.')).toBeVisible({ timeout: 10_000 });
  await expect(page.locator('[data-conversation]')).toHaveCount(0);
  const [{ id }] = (await floor.admin.get('/conversation-manager/conversations?limit=1')).conversations;
  const { events } = await floor.admin.get(`/conversation-manager/conversations/${id}/events?limit=200`);
  expect(JSON.stringify(events)).toContain('Wants a credit no');
});

test('a profile half corrected, a note for a colleague and a search outlive a reload and a restart of the hub', async ({ page, hub, floor, serving, expected }) => {
  expected.push('ERR_CONNECTION', 'WebSocket', 'Failed to load resource');
  await page.setViewportSize({ width: 1440, height: 900 });
  const { writer } = await serving({ name: 'Jonas Vogt' });
  const profile = page.getByRole('region', { name: 'Profile' });
  await profile.getByRole('button', { name: 'Correct the profile' }).click();
  await profile.getByRole('textbox', { name: 'First Name', exact: true }).fill('Jonas Albert Vo');
  await hub.halt('SIGKILL');
  await profile.getByRole('textbox', { name: 'First Name', exact: true }).pressSequentially('gt');
  await hub.serve();
  await expect(page.getByText(/^The hub cannot be reached/)).toHaveCount(0, { timeout: 15_000 });
  await page.getByRole('button', { name: 'Transfer' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Note' }).fill('He knows the con');
  await writer.says('Are you still there?');
  await expect(page.getByRole('log').getByText('Are you still there?')).toBeAttached();
  await expect(dialog.getByRole('textbox', { name: 'Note' })).toHaveValue('He knows the con');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Link' }).click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('of Bre');
  await page.keyboard.press('Escape');

  await page.reload();
  await expect(profile.getByRole('textbox', { name: 'First Name', exact: true })).toHaveValue('Jonas Albert Vogt');
  await page.getByRole('button', { name: 'Transfer' }).click();
  await expect(dialog.getByRole('textbox', { name: 'Note' })).toHaveValue('He knows the con');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Link' }).click();
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('of Bre');
  await page.keyboard.press('Escape');
  await profile.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { name: 'Jonas Albert Vogt' })).toBeVisible();
  await page.reload();
  await expect(profile.getByRole('button', { name: 'Correct the profile' })).toBeVisible();
  expect(floor.texts()).toEqual([]);
});

test('what was typed in a conversation that is lost while the page is away stands above the desk', async ({ page, hub, floor, serving, look }) => {
  const [{ id: settings }] = await floor.admin.get('/unified-admin/general-settings');
  const wait = (disconnectGraceSeconds) => floor.admin.put(`/unified-admin/general-settings/${settings}`, { agents: { disconnectGraceSeconds } });
  await wait(5);
  await serving();
  await composer(page).fill('I have just found your con');
  const id = await page.locator('[data-conversation]').getAttribute('data-conversation');
  const served = async () => {
    const { events } = await floor.admin.get(`/conversation-manager/conversations/${id}/events?limit=200`);
    return events.filter(({ event }) => event.name === 'AGENT_UNSUBSCRIBED').length === 0;
  };
  await page.goto('about:blank');
  await expect.poll(served, { timeout: 30_000 }).toBe(false);
  await wait(30);
  await page.goto(`${hub.url}/app/desk`);
  const stray = page.getByText('You typed this in a conversation that is no longer yours:');
  await expect(stray).toContainText('I have just found your con');
  await look('desk-stray', { themes: ['light', 'dark'] });
  await page.reload();
  await expect(stray).toBeVisible();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(stray).toHaveCount(0);
  await page.reload();
  await expect(page.getByText('You are not ready')).toBeVisible();
  await expect(stray).toHaveCount(0);
});

test('a reload comes back to the conversation that was open', async ({ page, floor, serving }) => {
  const { line } = await serving();
  await line.customer('Mira Vogt').says('I am Mira.');
  await expect(offer(page, 'Mira')).toBeVisible();
  await page.keyboard.press('a');
  await expect(log(page).getByText('I am Mira.')).toBeVisible();
  await page.reload();
  await expect(log(page).getByText('I am Mira.')).toBeVisible();
  await expect(page.locator('[data-conversation]')).toHaveCount(2);
  expect(floor.texts()).toEqual([]);
});

test('a file on its way, and what it answers, outlive a reload while the hub is away', async ({ page, hub, floor, serving, expected }) => {
  expected.push('ERR_CONNECTION', 'WebSocket', 'Failed to load resource');
  await serving();
  await log(page).getByRole('article').filter({ hasText: 'My bill is wrong.' }).getByLabel('Reply').click();
  await composer(page).fill('This is the right one.');
  await page.route('**/uploadFileStream', (route) => route.abort('connectionfailed'));
  await give(composer(page), 'paste', { name: 'bill.txt', type: 'text/plain', content: Buffer.from('42 EUR') });
  await expect(page.getByText('Waits for the line')).toBeVisible();
  await page.reload();
  await expect(page.getByText('Waits for the line')).toBeVisible();
  await page.unroute('**/uploadFileStream');
  await hub.halt('SIGKILL');
  await hub.serve();
  await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled({ timeout: 15_000 });
  await expect(composer(page)).toHaveValue('This is the right one.');
  await expect(page.getByText('Replying')).toBeVisible();
  await page.getByRole('button', { name: 'Send' }).click();
  await expect.poll(() => floor.delivered.map(({ body }) => body.type)).toContain('FILE');
  await expect.poll(floor.texts).toEqual(['This is the right one.']);
});
