// What the widget's stories have beside every story's: a shop with a widget, and an agent at his desk.

import { accessible, expect, test as base } from '../screen.js';
import { shop } from './shop.js';

/** What the hub itself says when a chat begins and somebody is looked for. */
export const WELCOME = ['Hello, and welcome.', 'One moment please, I am looking for somebody who can help you.'];

export { expect };

export const test = base.extend({
  place: ['widget', { scope: 'worker', option: true }],

  site: [
    async ({ hub }, use) => {
      const site = await shop(hub);
      await use(site);
      site.close();
    },
    { scope: 'worker' },
  ],

  /** The other side, as the protocol tests play it. It asks where the hub is as soon as it is loaded. */
  others: [
    async ({ hub }, use) => {
      expect(hub.url).toBeTruthy();
      const [administration, desk] = await Promise.all([import('../../protocol/hub.js'), import('../../protocol/desk.js')]);
      await use({ ...administration, ...desk, admin: await administration.administrator() });
    },
    { scope: 'worker' },
  ],

  /** What only the agents of this story can do: customers of others are none of theirs. */
  skill: async ({ others }, use) => {
    const { admin, unique } = others;
    const fresh = { name: unique('Skill'), type: 'BOOLEAN', defaultValue: 1 };
    await use(await admin.post('/routing-engine/routing-attributes', fresh));
  },

  queue: async ({ others, skill }, use) => {
    const term = { routingAttribute: skill, relationalOperator: '==', value: 1, logicalOperator: null };
    await use(await others.queue(others.admin, { steps: [{ timeout: 600, expressions: [{ terms: [term] }] }] }));
  },

  /** Registers a channel and a widget for it; gives the widget's name. */
  widget: async ({ others, queue }, use) => {
    await use(async ({ channel = {}, routing = {}, mode = 'AGENT', botId = null, ...settings } = {}) => {
      const { admin, unique } = others;
      const [bot] = await admin.get('/bot-framework/bot-connectors');
      const connector = (await admin.get('/ccm/channel-connectors')).find(({ name }) => name === 'Tieline web chat');
      const type = (await admin.get('/ccm/channel-types')).find(({ name }) => name === 'WEB');
      const serviceIdentifier = unique('web');
      await admin.post('/ccm/channels', {
        name: unique('site'),
        serviceIdentifier,
        channelType: { id: type.id },
        channelConnector: { id: connector.id },
        channelConfig: {
          channelMode: mode,
          botId: mode === 'AGENT' ? null : (botId ?? bot.botId),
          responseSla: 30,
          customerActivityTimeout: 300,
          routingPolicy: { routingMode: 'PUSH', routingObjectId: queue.id, agentRequestTtl: 600, ...routing },
        },
        ...channel,
      });
      const { widgetIdentifier } = await admin.post('/ccm/widget-configs', {
        widgetIdentifier: unique('Widget'),
        serviceIdentifier,
        title: 'Chat with us',
        subTitle: 'We answer within minutes',
        theme: '#0f5e56',
        customerReconnectTime: 300,
        enableFileTransfer: true,
        enableEmoji: true,
        enableFontResize: true,
        enableDownloadTranscript: true,
        appearance: { texts: { en: { greeting: 'Hello! How can we help?' } } },
        ...settings,
      });
      return widgetIdentifier;
    });
  },

  /** An agent who is ready; logged out at the end. */
  agent: async ({ others, skill }, use) => {
    const associatedRoutingAttributes = [{ routingAttribute: skill, value: 1 }];
    const desk = await others.working(await others.person(others.admin, { associatedRoutingAttributes }));
    await desk.state('READY');
    await use(desk);
    await desk.close();
  },

  chat: async ({ page, site }, use) => use(new Widget(page, site)),

  look: async ({ page }, use) => {
    await use(async (name, { schemes = ['light', 'dark'] } = {}) => {
      for (const scheme of schemes) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
        await expect(page.locator('tieline-chat')).toHaveAttribute('scheme', scheme);
        await page.screenshot({ path: `screenshots/widget-${name}-${scheme}.png` });
        await accessible(page, `${name}, ${scheme}`);
      }
    });
  },
});

/** The widget on a page, as a customer handles it. */
export class Widget {
  constructor(page, site) {
    this.page = page;
    this.site = site;
    this.panel = page.getByRole('dialog');
    this.log = page.getByRole('log');
    this.field = this.panel.locator('.field');
    this.launcher = page.locator('.launcher');
  }

  async visit(attributes, more) {
    await this.page.goto(this.site.page(attributes, more));
    await this.launcher.waitFor();
  }

  async open(attributes, more) {
    await this.visit(attributes, more);
    await this.launcher.click();
    await this.panel.waitFor();
  }

  async says(text) {
    await this.field.fill(text);
    await this.field.press('Enter');
  }

  bubbles() {
    return this.log.locator('.bubble .words').allTextContents();
  }

  async sees(text) {
    await expect(this.log.getByText(text, { exact: true })).toBeVisible();
  }

  /** A chat in which an agent has answered; gives the agent's offer. */
  async running(widget, agent, attributes = {}) {
    await this.open({ widget, ...attributes });
    await this.says('My parcel has not arrived.');
    await expect(this.log.locator('.mine:not(.pending)')).toHaveCount(1);
    const offer = await agent.next('taskRequest');
    await agent.accept(offer);
    agent.says(offer, 'I am looking into it.');
    await this.sees('I am looking into it.');
    return offer;
  }
}

/** Waits until an agent has been told what a customer wrote; gives the message's id. */
export async function heard(agent, text) {
  const says = ({ cimEvent }) => JSON.parse(cimEvent).data?.body?.markdownText === text;
  const { cimEvent } = await agent.next('onCimEvent', says);
  return JSON.parse(cimEvent).data.id;
}
