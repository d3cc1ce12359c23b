// Every kind of registered object goes the same round: made, changed, looked back at, restored, kept while it is used, deleted.

import { expect, test } from './screen.js';

test.use({ place: 'kinds', expected: ['409'] });

/** What rounds begin with: one of everything a channel stands on. */
async function world(hub) {
  const admin = await hub.admin();
  const mrd = (await admin.get('/routing-engine/media-routing-domains')).find(({ name }) => name === 'CHAT');
  const queue = await admin.post('/routing-engine/precision-queues', { name: 'Post room', mrd, serviceLevelType: 1, serviceLevelThreshold: 30, steps: [] });
  const type = await admin.post('/ccm/channel-types', { name: 'PIGEON', isInteractive: true, mediaRoutingDomain: mrd.id });
  const provider = await admin.post('/ccm/channel-provider-interfaces', { name: 'Pigeon Post', supportedChannelTypes: [type] });
  const connector = await admin.post('/ccm/channel-connectors', { name: 'Loft', channelProviderInterface: provider });
  const bot = await admin.post('/bot-framework/bot-connectors', { botName: 'Coo', botType: 'BUILT_IN' });
  await admin.post('/unified-admin/team', { teamName: 'Loft crew' });
  let channels = 0;
  /** A channel on these, but for what is named. */
  const channel = async ({ policy = {}, config = {}, ...more }) => {
    const name = `Pigeons ${(channels += 1)}`;
    const made = await admin.post('/ccm/channels', {
      name,
      serviceIdentifier: `loft-${channels}`,
      channelType: type,
      channelConnector: connector,
      channelConfig: {
        channelMode: 'HYBRID', botId: bot.botId, responseSla: 20, customerActivityTimeout: 300,
        routingPolicy: { routingMode: 'PUSH', routingObjectId: queue.id, agentRequestTtl: 300, ...policy },
        ...config,
      },
      ...more,
    });
    return [name, () => admin.delete(`/ccm/channels/${made.id}`)];
  };
  /** Something else that names an object, by where it is made. */
  const other = async (path, name, body, id = 'id') => {
    const made = await admin.post(path, body);
    return [name, () => admin.delete(`${path}/${made[id]}`)];
  };
  return { admin, mrd, type, provider, channel, other };
}

/** How each is made and changed in its form, and what names it so that it has to stay. */
const KINDS = {
  domains: {
    fill: { Name: 'LETTERS', 'Tasks at once': '3' }, name: 'LETTERS', change: ['Tasks at once', '4'],
    use: ({ other }, mrd) => other('/ccm/channel-types', 'OWL', { name: 'OWL', isInteractive: true, mediaRoutingDomain: mrd.id }),
  },
  skills: {
    fill: { Name: 'Handwriting' }, name: 'Handwriting', change: ['Description', 'Reads any hand'],
    use: ({ other }, skill) => {
      const associatedRoutingAttributes = [{ routingAttribute: { id: skill.id }, value: 8 }];
      return other('/unified-admin/users', 'karim', { username: 'karim', password: 'a long password', roles: ['agent'], associatedRoutingAttributes });
    },
  },
  queues: {
    fill: { Name: 'Returns' }, pick: { 'Media routing domain': 'CHAT' }, name: 'Returns', change: ['Answered within', '45'],
    use: ({ channel }, queue) => channel({ policy: { routingObjectId: queue.id } }),
  },
  lists: {
    fill: { Name: 'Call backs' }, name: 'Call backs', change: ['Description', 'Before noon'],
    use: ({ channel }, list) => channel({ policy: { routingMode: 'PULL', routingObjectId: list.id } }),
  },
  bots: {
    fill: { Name: 'Owl' }, name: 'Owl', id: 'botId', change: ['Greeting', 'Hoo, and welcome'],
    use: ({ channel }, bot) => channel({ config: { botId: bot.botId } }),
  },
  calendars: {
    fill: { Name: 'Office' }, name: 'Office', change: ['Description', 'Not on Sundays'],
    use: ({ channel }, calendar) => channel({ calendarId: calendar.id }),
  },
  'channel-types': {
    fill: { Name: 'RAVEN' }, pick: { 'Media routing domain': 'CHAT' }, name: 'RAVEN', change: ['Name', 'RAVENS'],
    use: ({ other }, type) => other('/ccm/channel-provider-interfaces', 'Raven Post', { name: 'Raven Post', supportedChannelTypes: [type] }),
  },
  providers: {
    fill: { Name: 'Night Mail' }, pick: { 'Channel types': 'PIGEON' }, name: 'Night Mail', change: ['Webhook', 'http://127.0.0.1:9/in'],
    use: ({ other }, provider) => other('/ccm/channel-connectors', 'Night Mail, north', { name: 'Night Mail, north', channelProviderInterface: provider }),
  },
  connectors: {
    fill: { Name: 'Tower' }, pick: { Provider: 'Pigeon Post' }, hasCredentials: true, name: 'Tower', change: ['Name', 'High tower'],
    use: ({ channel }, connector) => channel({ channelConnector: connector }),
  },
  channels: {
    fill: { Name: 'Carriers', 'Service identifier': 'carriers' }, pick: { 'Channel type': 'PIGEON', Connector: 'Loft', Bot: 'Coo', Queue: 'Post room' },
    name: 'Carriers', change: ['Ring time', '25'],
  },
  'customer-attributes': { fill: { Label: 'Ring number' }, name: 'Ring number', id: '_id', change: ['Description', 'On the left leg'] },
  widgets: { fill: { 'Widget identifier': 'shop' }, name: 'shop', change: ['Resume within', '60'] },
  forms: {
    fill: { Title: 'Before we begin' }, name: 'Before we begin', change: ['Description', 'Two questions'],
    use: ({ other }, form) => other('/ccm/widget-configs', 'lobby', { widgetIdentifier: 'lobby', title: 'Lobby', form: form.id }),
  },
  users: { fill: { 'User name': 'nadia', Password: 'a long password', 'First name': 'Nadia' }, name: 'Nadia', change: ['Last name', 'Haddad'] },
  teams: {
    fill: { Name: 'Night shift' }, name: 'Night shift', id: 'teamId', change: ['Name', 'Late shift'],
    use: ({ other }, team) => other('/unified-admin/users', 'omar', { username: 'omar', password: 'a long password', roles: ['agent'], userTeam: team }),
  },
  reasons: { fill: { Name: 'Lunch' }, name: 'Lunch', change: ['Code', '12'] },
  labels: { fill: { Name: 'Gold' }, name: 'Gold', id: '_id', change: ['Priority', '7'] },
  'canned-messages': { fill: { Name: 'hello', Text: 'Hello, how can I help?' }, name: 'hello', change: ['Category', 'Greetings'] },
  announcements: { fill: { Text: 'The stairs are wet' }, check: ['Loft crew'], isRemembered: false, name: 'The stairs are wet', change: ['Text', 'The stairs are dry'] },
};

const field = (page, label) => page.getByLabel(new RegExp(`^${label}( \\(optional\\))?$`));

test.describe('each kind of object', () => {
  let there;
  test.beforeAll(async ({ hub }) => {
    there = await world(hub);
  });

  for (const [kind, { fill, pick = {}, check = [], name, id = 'id', hasCredentials = false, isRemembered = true, change, use }] of Object.entries(KINDS)) {
    test(`${kind} are made, changed, restored, kept while used, and deleted`, async ({ page, open, look }) => {
      await open(`/app/admin/${kind}/new`);
      for (const [label, text] of Object.entries(fill)) await field(page, label).fill(text);
      for (const label of check) await page.getByLabel(label, { exact: true }).check();
      for (const [label, option] of Object.entries(pick)) {
        await field(page, label).first().click();
        await page.getByRole('option', { name: option, exact: true }).click();
        await page.keyboard.press('Escape');
      }
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      if (hasCredentials) await page.getByRole('button', { name: 'I have kept them' }).click();
      await expect(page.getByRole('heading', { name, level: 1, exact: true })).toBeVisible();

      const [label, text] = change;
      const was = await changed(page, label, text);
      if (isRemembered) {
        await lookedBackAt(page, text, () => look(`history-of-${kind}`));
        await expect(field(page, label)).toHaveValue(was);
      } else {
        await expect(page.getByRole('tab')).toHaveCount(0);
        await changed(page, label, was);
      }

      const address = page.url();
      if (isRemembered) {
        await page.getByRole('tab', { name: 'Used by' }).click();
        await expect(page.getByText('Nothing uses it')).toBeVisible();
      }
      if (use) {
        const [user, drop] = await use(there, { [id]: address.split('/').at(-1) });
        await page.goto(address);
        await page.getByRole('tab', { name: 'Used by' }).click();
        await expect(page.getByRole('link', { name: user })).toBeVisible();
        await page.getByRole('button', { name: 'Delete' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
        await page.getByRole('alert').getByRole('link', { name: new RegExp(user) }).click();
        await expect(page.getByRole('heading', { name: user, level: 1, exact: true })).toBeVisible();
        await drop();
        await page.goto(address);
      }
      await expect(page.getByRole('heading', { name, level: 1, exact: true })).toBeVisible();
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await expect(page).toHaveURL(new RegExp(`/app/admin/${kind}$`));
      await expect(page.getByRole('main').getByRole('link', { name, exact: true })).toHaveCount(0);
    });
  }

  test('settings are changed and restored, and neither made nor deleted', async ({ page, hub, open, look }) => {
    await open('/app/admin/settings');
    await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
    await expect(page.getByRole('tab')).toHaveText(['Settings', 'History']);
    await expect(page.getByRole('button', { name: 'Delete' })).toHaveCount(0);

    // What would do nothing by itself is asked once it does something.
    const pauses = page.getByRole('switch', { name: 'What is interrupted waits for its agent' });
    await expect(pauses).toHaveCount(0);
    await page.getByRole('switch', { name: 'Work interrupts other work' }).click();
    await pauses.click();
    await look('settings-interruption', { themes: ['light', 'dark'] });
    const was = await changed(page, 'A point of priority is worth', '90');
    await page.reload();
    await expect(pauses).toBeChecked();
    await lookedBackAt(page, '90', () => look('history-of-settings'));
    await expect(field(page, 'A point of priority is worth')).toHaveValue(was);
    await expect(pauses).toHaveCount(0);

    await page.goto(`${hub.url}/app/admin/settings/new`);
    await expect(page.getByText('This page does not exist')).toBeVisible();
  });
});

/** Has a field saved with another text; answers what was in it. */
async function changed(page, label, text) {
  const was = await field(page, label).inputValue();
  await field(page, label).fill(text);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled();
  return was;
}

/** The first change is in the history, and undone there. */
async function lookedBackAt(page, text, look) {
  await page.getByRole('tab', { name: 'History' }).click();
  await expect(page.getByRole('table', { name: 'Version 2' })).toContainText(text);
  await look();
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByText('Version 3')).toBeVisible();
  await page.getByRole('tab', { name: 'Settings' }).click();
}
