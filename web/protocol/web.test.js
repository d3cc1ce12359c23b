// What customers on web pages live through, with the widgets and SDKs that are installed.

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { floor } from './floor.js';
import { call, person, socketUrl, unique } from './hub.js';
import { tab, visitor } from './widget.js';

// What the hub itself says when a chat begins and somebody is looked for.
const WELCOME = ['Hello, and welcome.', 'One moment please, I am looking for somebody who can help you.'];

const here = floor();
let web;
let agent;

beforeEach(async () => {
  web = (await here.admin.get('/ccm/channel-connectors')).find(({ name }) => name === 'Tieline web chat');
  agent = await person(here.admin);
});

/** A WEB channel on the connector that is there from the start: all an administrator has to register. */
async function channel({ mode = 'AGENT', silenceSecs = 300, routing = {}, ...more } = {}) {
  const queue = (await here.admin.get('/routing-engine/precision-queues'))[0];
  const bot = (await here.admin.get('/bot-framework/bot-connectors'))[0];
  const type = (await here.admin.get('/ccm/channel-types')).find(({ name }) => name === 'WEB');
  const serviceIdentifier = unique('7001');
  await here.admin.post('/ccm/channels', {
    name: unique('site'),
    serviceIdentifier,
    channelType: { id: type.id },
    channelConnector: { id: web.id },
    channelConfig: {
      channelMode: mode,
      botId: mode === 'AGENT' ? null : bot.botId,
      responseSla: 30,
      customerActivityTimeout: silenceSecs,
      routingPolicy: { routingMode: 'PUSH', routingObjectId: queue.id, agentRequestTtl: 600, ...routing },
    },
    ...more,
  });
  return serviceIdentifier;
}

function open(who, options) {
  const page = tab(who, options);
  // Every chat is ended by its browser.
  here.finally(async () => {
    page.socket.connect();
    page.ends();
    await page.next('CHAT_ENDED').catch(() => {});
    page.close();
  });
  return page;
}

async function atWork() {
  const desk = await here.seat(agent);
  await desk.state('READY');
  return desk;
}

/** A tab in a chat that has begun. */
async function inChat(options, { service, customer = unique('+49151') } = {}) {
  const who = visitor(service ?? (await channel()), customer);
  const page = open(who, options);
  await page.connected();
  page.asks();
  const started = await page.next('CHANNEL_SESSION_STARTED');
  return { who, page, started };
}

for (const sdk of [1, 3]) {
  for (const transports of [undefined, ['websocket'], ['polling']]) {
    describe(`SDK ${sdk}.x over ${transports ?? 'polling, then websocket'}`, () => {
      test('a chat with a break in the middle', async () => {
        const desk = await atWork();
        const { who, page, started } = await inChat({ sdk, transports });
        assert.equal(started.body.notificationType, 'CHANNEL_SESSION_STARTED');
        assert.ok(started.header.conversationId);
        assert.equal(started.header.channelSession.conversationId, started.header.conversationId);
        const welcome = await page.sees(WELCOME[0]);
        assert.equal(welcome.header.sender.type, 'BOT', 'widgets paint nothing of the system');
        const ack = await page.says('Mein Router startet dauernd neu.');
        assert.deepEqual([ack.code, typeof ack.id], [200, 'string']);
        const echo = await page.sees('Mein Router startet dauernd neu.');
        assert.equal(echo.id, ack.id);
        assert.equal(echo.header.sender.type, 'CUSTOMER');
        assert.equal(echo.header.sender.senderName, 'Jonas Brandt');
        assert.equal(typeof echo.header.timestamp, 'number');
        assert.equal(echo.header.conversationId, started.header.conversationId);

        const offer = await desk.next('taskRequest');
        assert.equal(offer.channelSession.channelData.channelCustomerIdentifier, who.channelCustomerIdentifier);
        const topic = await desk.accept(offer);
        assert.equal(topic.topicData.conversationData?.firstName ?? 'Jonas', 'Jonas');
        await page.next('MESSAGE_RECEIVED', ({ body }) => body.notificationType === 'AGENT_SUBSCRIBED');
        desk.says(offer, 'Guten Tag, ich prüfe das.');
        const answer = await page.sees('Guten Tag, ich prüfe das.');
        assert.equal(answer.header.sender.type, 'AGENT');
        assert.deepEqual(answer.header.sender.additionalDetail, { firstName: 'Lena', lastName: 'Vogt' });

        page.breaks();
        await page.next('disconnect');
        desk.says(offer, 'Während Sie weg waren.');
        // The library sends what was written offline before the page asks for its chat again.
        const offline = page.says('Offline geschrieben.');
        await page.connected();
        if (sdk === 1) {
          page.asks();
          const again = await page.next('CHANNEL_SESSION_STARTED');
          assert.equal(again.header.conversationId, started.header.conversationId);
          await page.sees('Während Sie weg waren.');
        } else {
          const { isChatAvailable, data } = await page.resumes();
          assert.equal(isChatAvailable, true);
          const texts = data.map(({ body }) => body.markdownText).filter(Boolean);
          const painted = [...texts, ...page.texts()];
          for (const text of ['Mein Router startet dauernd neu.', 'Während Sie weg waren.']) {
            assert.ok(painted.includes(text), `${text} in ${painted}`);
          }
          const first = [...WELCOME, 'Mein Router startet dauernd neu.', 'Guten Tag, ich prüfe das.'];
          assert.deepEqual(texts.slice(0, first.length), first);
        }
        assert.equal((await offline).code, 200);
        assert.equal((await desk.event('CUSTOMER_MESSAGE')).cimEvent.data.body.markdownText, 'Offline geschrieben.');
        assert.equal(page.texts().filter((text) => text === 'Offline geschrieben.').length, 1);

        desk.says(offer, 'Noch da?');
        await page.sees('Noch da?');
        page.ends();
        if (sdk === 3) assert.equal((await page.next('CHANNEL_SESSION_ENDED')).reason, 'CUSTOMER');
        await page.next('CHAT_ENDED');
        assert.equal(await page.next('disconnect', (reason) => reason.startsWith('io client')), 'io client disconnect');
        await desk.event('CHANNEL_SESSION_ENDED');
        desk.leaves(offer);
        assert.equal(page.all('ERRORS').length, 0);
        // No message was painted twice.
        const ids = page.all('MESSAGE_RECEIVED').map(({ id }) => id);
        if (sdk === 3) assert.equal(new Set(ids).size, ids.length);
      });
    });
  }
}

describe('tabs and browsers', () => {
  test('tabs of one browser share a chat', async () => {
    const { who, page } = await inChat();
    await page.says('Aus dem ersten Tab.');
    await page.sees('Aus dem ersten Tab.');
    const second = open(who);
    await second.connected();
    second.asks();
    await second.next('CHANNEL_SESSION_STARTED');
    await second.sees('Aus dem ersten Tab.');
    await second.says('Aus dem zweiten.');
    await page.sees('Aus dem zweiten.');
    await second.sees('Aus dem zweiten.');
    page.close();
    assert.equal((await second.says('Allein.')).code, 200);
    second.ends();
    await second.next('CHAT_ENDED');
  });

  test('another browser with the same number sees nothing, and cannot speak', async () => {
    const { who, page } = await inChat();
    await page.says('Meine Kontonummer ist 1234.');
    for (const options of [{ agent: 'other/1' }, { origin: 'https://evil.example' }]) {
      const thief = open(who, options);
      await thief.connected();
      assert.deepEqual(await thief.resumes(), { isChatAvailable: false, data: [], code: 404 });
      assert.equal((await thief.says('Ich bin es.')).code, 403);
      thief.asks();
      const refused = await thief.next('ERRORS');
      assert.deepEqual([refused.task, refused.code], ['CHAT_REQUESTED', 400]);
      thief.ends();
      await thief.next('CHAT_ENDED');
      assert.deepEqual(thief.all('MESSAGE_RECEIVED'), []);
    }
    assert.equal((await page.says('Noch da.')).code, 200);
  });

  test('who has only typed under a number is not shown what an agent writes to it', async () => {
    const service = await channel();
    const who = visitor(service, unique('+49151'));
    const thief = open(who);
    await thief.connected();
    const typing = { type: 'NOTIFICATION', notificationType: 'TYPING_STARTED', markdownText: '' };
    assert.equal((await thief.send(typing)).code, 200);

    const desk = await here.seat(agent);
    const writes = (intent, markdownText) => {
      const sender = { id: desk.user.id, senderName: desk.user.username, type: 'AGENT' };
      const channelData = { channelCustomerIdentifier: who.channelCustomerIdentifier, serviceIdentifier: service };
      const body = { id: crypto.randomUUID(), header: { sender, channelData, intent }, body: { type: 'PLAIN', markdownText } };
      return call('POST', '/ccm/message/receive', { token: desk.user.tieline_session, body });
    };
    assert.equal((await writes('AGENT_OUTBOUND', 'Ihr Code ist 1234.')).status, 200);
    // What is said to this customer comes after it.
    await (await inChat()).page.sees(WELCOME[1]);
    assert.deepEqual(await thief.resumes(), { isChatAvailable: false, data: [], code: 404 });
    assert.equal((await thief.says('Und jetzt?')).code, 403);
    assert.deepEqual([thief.all('CHANNEL_SESSION_STARTED'), thief.all('MESSAGE_RECEIVED')], [[], []]);
    assert.equal((await writes('END_CHAT', '')).status, 200);
  });

  test('however a number is written it is one chat, and another browser sees nothing of it', async () => {
    const known = (await here.admin.get('/ccm/channel-types')).find(({ name }) => name === 'WEB');
    const channelType = await here.admin.post('/ccm/channel-types', { ...known, id: undefined, name: unique('PHONE').toUpperCase() });
    const provider = `/ccm/channel-provider-interfaces/${web.channelProviderInterface.id}`;
    const { supportedChannelTypes, ...rest } = await here.admin.get(provider);
    await here.admin.put(provider, { ...rest, supportedChannelTypes: [...supportedChannelTypes, channelType] });
    const label = unique('phone');
    await here.admin.post('/cim-customer/customerSchema', {
      key: label.replaceAll('-', ''),
      label,
      type: 'phoneNumber',
      isChannelIdentifier: true,
      channelTypes: [channelType.name],
      sortOrder: 50,
    });
    const service = await channel({ channelType: { id: channelType.id } });
    const number = `49151${Date.now()}`.slice(0, 15);
    const { page } = await inChat({}, { service, customer: `+${number}` });
    await page.says('Meine Kontonummer ist 1234.');

    const thief = open(visitor(service, `00${number}`), { agent: 'other/1' });
    await thief.connected();
    thief.asks();
    assert.equal((await thief.next('ERRORS')).code, 400);
    assert.equal((await thief.says('Ich bin es.')).code, 403);
    assert.deepEqual(await thief.resumes(), { isChatAvailable: false, data: [], code: 404 });

    const second = open(visitor(service, `00${number}`));
    await second.connected();
    second.asks();
    await second.sees('Meine Kontonummer ist 1234.');
    await page.says('Noch da.');
    await second.sees('Noch da.');
    assert.equal((await second.says('Ich auch.')).code, 200);
    await page.sees('Ich auch.');
  });

  test('another browser starts over once the first is gone', async () => {
    const { who, page, started } = await inChat();
    await page.says('Geheim.');
    page.close();
    const other = open(who, { agent: 'phone/2' });
    await other.connected();
    // The goodbye travels on another line: until the hub has heard it, it refuses, and the page asks again.
    other.socket.on('ERRORS', () => other.asks());
    other.asks();
    const anew = await other.next('CHANNEL_SESSION_STARTED');
    assert.notEqual(anew.header.channelSessionId, started.header.channelSessionId);
    await other.says('Ich schon wieder.');
    await other.sees('Ich schon wieder.');
    assert.deepEqual(other.texts(), [...WELCOME, 'Ich schon wieder.']);
  });

  test('whoever has no chat is told so', async () => {
    const page = open(visitor(await channel(), unique('+49151')));
    await page.connected();
    assert.deepEqual(await page.resumes(), { isChatAvailable: false, data: [], code: 404 });
  });

  test('what is written before the chat is asked for is kept', async () => {
    const page = open(visitor(await channel(), unique('+49151')));
    const early = page.says('Schon mal vorab.');
    await page.connected();
    assert.equal((await early).code, 200);
    page.asks();
    await page.next('CHANNEL_SESSION_STARTED');
    await page.sees('Schon mal vorab.');
    assert.equal(page.texts().filter((text) => text === 'Schon mal vorab.').length, 1);
  });

  test('a customer who does not come back in time has left', async () => {
    const service = await channel();
    await here.admin.post('/ccm/widget-configs', {
      widgetIdentifier: unique('quick'),
      customerReconnectTime: 1,
      serviceIdentifier: service,
    });
    const desk = await atWork();
    const { who, page } = await inChat({}, { service });
    await desk.accept(await desk.next('taskRequest'));
    page.close();
    const { cimEvent } = await desk.event('CHANNEL_SESSION_ENDED');
    assert.equal(cimEvent.channelSession.state.reasonCode, 'NETWORK');
    const late = open(who);
    await late.connected();
    assert.deepEqual(await late.resumes(), { isChatAvailable: false, data: [], code: 404 });
  });
});

describe('while nobody is there', () => {
  test('a customer who waits is told his place and his time, again after a break', async () => {
    const { page } = await inChat({}, { service: await channel({ routing: { announceWait: true } }) });
    const estimate = ({ body }) => body.notificationType === 'EWT_MESSAGE';
    const { body } = await page.next('MESSAGE_RECEIVED', estimate);
    assert.equal(body.notificationData.position, '1');
    assert.match(body.notificationData.ewt, /^\d+$/);
    page.breaks();
    await page.next('disconnect');
    await page.connected();
    assert.equal((await page.resumes()).isChatAvailable, true);
    assert.equal((await page.says('Ich warte.')).code, 200);
  });

  for (const sdk of [1, 3]) {
    test(`who is silent is asked, and then has left: SDK ${sdk}.x`, async () => {
      const thresholds = '/conversation-monitor/customer-sla-thresholds';
      await here.admin.post(thresholds, [{ percentage: 50, action: 'NOTIFY_CUSTOMER', text: 'Sind Sie noch da?' }]);
      try {
        const { page } = await inChat({ sdk }, { service: await channel({ mode: 'HYBRID', silenceSecs: 2 }) });
        await page.sees('Sind Sie noch da?');
        if (sdk === 3) assert.equal((await page.next('CHANNEL_SESSION_EXPIRED')).reason, 'INACTIVITY');
        await page.next('CHAT_ENDED');
        assert.deepEqual(page.all('CHANNEL_SESSION_ENDED'), []);
      } finally {
        await here.admin.post(thresholds, []);
      }
    });
  }
});

describe('what pages may send', () => {
  test('joinConversation is acknowledged, and events nobody knows are passed over', async () => {
    const { page } = await inChat();
    page.socket.emit('MAKE_COFFEE', { strong: true });
    const joins = () => new Promise((resolve) => page.socket.emit('joinConversation', {}, resolve));
    assert.equal((await joins()).code, 200);
    const stranger = open(visitor(await channel(), unique('+49151')));
    await stranger.connected();
    const none = await new Promise((resolve) => stranger.socket.emit('joinConversation', {}, resolve));
    assert.equal(none.code, 404);
  });

  test('what cannot be read is acknowledged with what is wrong, and the chat goes on', async () => {
    const { page } = await inChat();
    const sends = (payload) => new Promise((resolve) => page.socket.emit('MESSAGE_RECEIVED', payload, resolve));
    const deep = (levels) => JSON.parse(`${'{"body":'.repeat(levels)}7${'}'.repeat(levels)}`);
    const odd = [null, 7, 'words', [], {}, { body: 7 }, Buffer.from([1, 2]), deep(100), deep(1_000), { header: deep(3), body: [] }];
    for (const payload of odd) {
      const ack = await sends(payload);
      assert.equal(ack.code, 400, JSON.stringify([payload, ack]).slice(0, 500));
      assert.ok(ack.description.length > 5, JSON.stringify(ack));
    }
    for (const payload of odd) page.socket.emit('CHAT_REQUESTED', payload);
    page.socket.emit('joinConversation', deep(1_000));
    assert.equal((await page.says('Es geht weiter.')).code, 200);
    await page.sees('Es geht weiter.');
  });

  test('refusals say why', async () => {
    const { page } = await inChat();
    for (const [body, code] of [
      [{ type: 'PLAIN', markdownText: 'x'.repeat(4096) }, 200],
      [{ type: 'PLAIN', markdownText: 'x'.repeat(4097) }, 400],
      [{ markdownText: 'kein Typ' }, 400],
    ]) {
      const ack = await page.send(body);
      assert.equal(ack.code, code, JSON.stringify(ack));
    }
    page.asksForVoice();
    const { task, code } = await page.next('ERRORS');
    assert.deepEqual([task, code], ['VOICE_REQUESTED', 501]);
  });

  test('somebody else cannot be spoken for', async () => {
    const { who, page } = await inChat();
    const ack = await new Promise((resolve) => {
      const customer = { ...who, channelCustomerIdentifier: '+49000' };
      page.socket.emit('MESSAGE_RECEIVED', { header: {}, body: { type: 'PLAIN', markdownText: 'x' }, customer }, resolve);
    });
    assert.equal(ack.code, 400);
  });

  test('unknown channels are refused at the door, odd paths are not', async () => {
    const service = await channel();
    const wrong = tab(visitor('no such service', '+49151'));
    assert.match((await wrong.next('connect_error')).message, /serviceIdentifier/);
    wrong.close();
    for (const path of ['/web-channel-manager//socket.io', '/socket.io']) {
      await open(visitor(service, unique('+49151')), { path }).connected();
    }
  });

  test('markup arrives as text', async () => {
    const desk = await atWork();
    const { page } = await inChat();
    await page.says('<img src=x onerror=alert(1)>');
    await page.sees('&lt;img src=x onerror=alert(1)&gt;');
    const offer = await desk.next('taskRequest');
    const topic = await desk.accept(offer);
    const kept = topic.topicData.topicEvents.find(({ name }) => name === 'CUSTOMER_MESSAGE');
    assert.equal(kept.data.body.markdownText, '<img src=x onerror=alert(1)>', 'what is kept is what was written');
    desk.says(offer, 'Drücken Sie <Reset> & warten');
    await page.sees('Drücken Sie &lt;Reset&gt; &amp; warten');
  });

  test('a widget that shows texts as text is sent them as they were written, beside one that does not', async () => {
    const { who, page } = await inChat();
    const plain = open(who, { texts: 'plain' });
    await plain.connected();
    plain.asks();
    await plain.next('CHANNEL_SESSION_STARTED');
    await page.says('a < b');
    await page.sees('a &lt; b');
    await plain.sees('a < b');
    const { data } = await plain.resumes();
    assert.ok(data.some(({ body }) => body.markdownText === 'a < b'));
  });

  test('a message repeated under its id has one effect', async () => {
    const desk = await atWork();
    const { page } = await inChat();
    const id = unique('mine');
    const body = { type: 'PLAIN', markdownText: 'Nur einmal.' };
    const [first, again] = [await page.send(body, {}, id), await page.send(body, {}, id)];
    assert.deepEqual([first.code, first.id, again], [200, id, first]);
    await page.says('Danach.');
    await page.sees('Danach.');
    assert.equal(page.texts().filter((text) => text === 'Nur einmal.').length, 1);
    const { data } = await page.resumes();
    assert.equal(data.filter((message) => message.id === id).length, 1);
    // The id is this customer's: somebody else's message with the same one is another.
    const other = await inChat();
    assert.equal((await other.page.send(body, {}, id)).code, 200);
    await other.page.sees('Nur einmal.');
    desk.close();
  });

  test('typing is told to the other side, and to nobody twice', async () => {
    const desk = await atWork();
    const { page } = await inChat();
    const offer = await desk.next('taskRequest');
    await desk.accept(offer);
    const typing = ({ body }) => body.notificationType === 'TYPING_STARTED';
    desk.types(offer);
    const told = await page.next('MESSAGE_RECEIVED', typing);
    assert.equal(told.header.sender.type, 'AGENT');
    const ack = await page.send({ type: 'NOTIFICATION', notificationType: 'TYPING_STARTED', markdownText: '' });
    assert.equal(ack.code, 200);
    await desk.event('TYPING_INDICATOR');
    await page.says('Fertig.');
    await page.sees('Fertig.');
    assert.equal(page.all('MESSAGE_RECEIVED').filter(typing).length, 1, 'a page is not told what it has said itself');
    const { data, code } = await page.resumes();
    assert.deepEqual([data.filter(typing), code], [[], 200]);
  });

  test('a flood is slowed, then cut off with the reason', async () => {
    const { page } = await inChat({ transports: ['websocket'] });
    // Twenty at once, then five a second; fifty may wait.
    const began = Date.now();
    await Promise.all(Array.from({ length: 30 }, () => page.resumes()));
    assert.ok(Date.now() - began >= 1_500, 'what is too fast waits its turn');
    for (let n = 0; n < 200; n += 1) page.socket.emit('MESSAGE_RECEIVED', { header: {}, body: { type: 'PLAIN', markdownText: `${n}` } }, () => {});
    const { code } = await page.next('ERRORS');
    assert.equal(code, 429);
    assert.equal(await page.next('disconnect'), 'io server disconnect');
  });
});

describe('before the chat', () => {
  test('a form that is asked for is judged, and its answers reach the agent', async () => {
    const form = await here.admin.post('/unified-admin/forms', {
      formTitle: unique('Pre-chat'),
      formDescription: '',
      attributes: [
        { key: 'firstName', label: 'Name', attributeType: 'INPUT', valueType: 'String100', isRequired: true },
        { key: 'phone', label: 'Phone', attributeType: 'INPUT', valueType: 'PhoneNumber', isRequired: true },
      ],
    });
    assert.equal((await call('GET', `/unified-admin/forms/${form.id}`)).status, 404, 'closed until a widget names it');
    const service = await channel();
    const widgetIdentifier = unique('Widget');
    await here.admin.post('/ccm/widget-configs', { widgetIdentifier, form: form.id, serviceIdentifier: service });
    const config = (await call('GET', `/ccm/widget-configs/${widgetIdentifier}`)).body;
    assert.deepEqual([config.form, config.callback.enableCallback], [form.id, false]);
    const shown = (await call('GET', `/unified-admin/forms/${config.form}`)).body;
    assert.deepEqual(shown.attributes, shown.sections[0].attributes);
    assert.ok((await call('GET', '/unified-admin/formValidation')).body.every(({ type, regex }) => type && new RegExp(regex)));

    const phone = unique('+49').replace(/\D/g, '').slice(0, 15);
    const answers = (value) => [
      { key: 'firstName', type: 'string', value: 'Jonas' },
      { key: 'phone', type: 'string', value },
    ];
    const wrong = open(visitor(service, phone, { formId: form.id, attributes: answers('none') }));
    await wrong.connected();
    wrong.asks();
    const refused = await wrong.next('ERRORS');
    assert.equal(refused.code, 400);
    assert.match(refused.description, /phone/);
    wrong.close();

    const desk = await atWork();
    const page = open(visitor(service, phone, { formId: form.id, attributes: answers(phone) }));
    await page.connected();
    page.asks();
    await page.next('CHANNEL_SESSION_STARTED');
    const topic = await desk.accept(await desk.next('taskRequest'));
    assert.equal(topic.topicData.conversationData.phone, phone);
  });

  test('a closed channel says so and looks for nobody', async () => {
    const calendar = await here.admin.post('/business-calendar/calendars', {
      name: unique('Never'),
      timeZone: 'Europe/Berlin',
      events: [
        { title: 'Once', eventType: 'business_hours', startDate: '2020-01-01', shifts: [{ start: '22:00', end: '02:00' }] },
      ],
    });
    const service = await channel({
      calendarId: calendar.id,
      outOfHours: { action: 'MESSAGE', message: 'Wir sind ab Montag wieder da.' },
    });
    const told = (await call('GET', `/ccm/channels/service-identifier/${service}`)).body;
    assert.deepEqual(told, { serviceIdentifier: service, calendarId: calendar.id });
    const now = (await call('GET', `/business-calendar/calendars/${calendar.id}/now`)).body;
    assert.deepEqual([now.open, now.nextOpening], [false, null]);
    const events = `/business-calendar/calendars/events?&calendarId=${told.calendarId}&startTime=2020-01-01&endTime=2020-01-03`;
    const [event] = (await call('GET', events)).body;
    assert.equal(event.endTime - event.startTime, 4 * 3600 * 1000);
    const { page } = await inChat({}, { service });
    await page.sees('Wir sind ab Montag wieder da.');
  });

  test('the first SDK asks for one widget without a name', async () => {
    await here.admin.post('/ccm/widget-configs', { widgetIdentifier: unique('any') });
    const { body } = await call('GET', '/ccm/widget-configs');
    assert.ok(!Array.isArray(body) && body.webRTC && body.webhook_url !== undefined);
  });
});

describe('around the chat', () => {
  test('files go up while a chat is open, and come down by their name', async () => {
    const { page, started } = await inChat();
    const upload = async () => {
      const form = new FormData();
      form.append('file', new Blob(['hello']), 'Ünï (1).txt');
      form.append('conversationId', '62549');
      return fetch(`${socketUrl}/file-engine/api/uploadFileStream`, { method: 'POST', body: form });
    };
    const stored = await (await upload()).json();
    assert.equal(stored.type, 'text/plain');
    assert.doesNotMatch(stored.name, /[&#+%]/);
    const mediaUrl = `${socketUrl}/file-engine/api/downloadFileStream?filename=${stored.name}`;
    assert.equal(await (await fetch(mediaUrl)).text(), 'hello');
    const ack = await page.send({
      type: 'FILE',
      markdownText: '',
      caption: '',
      additionalDetails: { fileName: stored.name },
      attachment: { mediaUrl, type: stored.type, size: stored.size, extType: 'txt' },
    });
    assert.equal(ack.code, 200, JSON.stringify(ack));
    const painted = await page.next('MESSAGE_RECEIVED', ({ body }) => body.type === 'FILE');
    assert.equal(painted.body.attachment.mimeType, 'text/plain');
    assert.equal(painted.body.attachment.mediaUrl, mediaUrl);

    const { conversationId } = started.header;
    const data = `/conversation-manager/customer-topics/${conversationId}/conversation-data`;
    assert.equal((await call('POST', data, { body: { page: '/checkout' } })).status, 200);
    assert.equal((await here.admin.get(data)).page, '/checkout');
    assert.equal((await call('GET', data)).status, 401, 'what others added is not for pages');
    const other = '/conversation-manager/customer-topics/66f2b3c4d4e5f60718294001/conversation-data';
    assert.equal((await call('POST', other, { body: { a: 1 } })).status, 401);
  });
});
