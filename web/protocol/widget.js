// A page with a chat widget, as the documented SDK behaves: what it sends, and what it reads without looking whether it
// is there.

import { io } from 'socket.io-client';
import { socketUrl } from './hub.js';
import { waiting } from './waiting.js';

const EVENTS = [
  'CHANNEL_SESSION_STARTED',
  'MESSAGE_RECEIVED',
  'CHANNEL_SESSION_ENDED',
  'CHANNEL_SESSION_EXPIRED',
  'CHAT_ENDED',
  'ERRORS',
];

/** What pages know of their customer; sent with everything. */
export function visitor(serviceIdentifier, channelCustomerIdentifier, { formId = 0.6722, attributes } = {}) {
  return {
    serviceIdentifier,
    channelCustomerIdentifier,
    browserDeviceInfo: { browserId: '123456', browserIdExpiryTime: '9999', browserName: 'chrome', deviceType: 'desktop' },
    queue: '',
    locale: { timezone: 'europe/berlin', language: 'german', country: 'germany' },
    formData: {
      id: Math.random(),
      formId,
      filledBy: 'web-init',
      attributes: attributes ?? [
        { key: 'firstName', type: 'string', value: 'Jonas' },
        { key: 'lastName', type: 'string', value: 'Brandt' },
        { key: 'channelIdentifier1', type: 'string', value: channelCustomerIdentifier },
      ],
      createdOn: new Date().toISOString(),
    },
  };
}

/**
 * One tab. `sdk` 1 listens to fewer events and cannot resume; `origin` and `agent` are what tells browsers apart
 * beside the address.
 */
export function tab(who, { sdk = 3, transports, origin = 'https://shop.example', agent = 'test/1', path, texts } = {}) {
  const { put, next, all } = waiting();
  const extraHeaders = { origin, 'user-agent': agent };
  const socket = io(socketUrl, {
    path: path ?? '/web-channel-manager/socket.io',
    auth: { serviceIdentifier: who.serviceIdentifier, channelCustomerIdentifier: who.channelCustomerIdentifier, texts },
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 100,
    extraHeaders,
    ...(transports && { transports }),
  });
  const heard = sdk === 1 ? EVENTS.filter((name) => !/SESSION_(ENDED|EXPIRED)/.test(name)) : EVENTS;
  for (const name of heard) {
    socket.on(name, (what) => {
      if (name === 'CHANNEL_SESSION_STARTED') {
        // Read unguarded by every SDK.
        void (what.header.channelData.channelCustomerIdentifier + what.header.channelData.serviceIdentifier);
      }
      put(name, what);
      if (name === 'CHAT_ENDED') socket.disconnect();
    });
  }
  socket.on('connect', () => put('connect', socket.id));
  socket.on('connect_error', (error) => put('connect_error', error));
  socket.on('disconnect', (reason) => put('disconnect', reason));
  const send = (body, header = {}, id = undefined) =>
    new Promise((resolve) => {
      const message = {
        id,
        type: body.type,
        header: { replyToMessageId: null, intent: null, ...header },
        body,
        customer: who,
        timestamp: '',
      };
      socket.emit('MESSAGE_RECEIVED', message, resolve);
    });
  return {
    socket,
    next,
    all,
    connected: () => next('connect'),
    asks: () =>
      socket.emit('CHAT_REQUESTED', {
        channelCustomerIdentifier: who.channelCustomerIdentifier,
        serviceIdentifier: who.serviceIdentifier,
        additionalAttributes: [
          {
            key: 'WebChannelData',
            type: 'WebChannelData',
            value: {
              browserDeviceInfo: who.browserDeviceInfo,
              queue: who.queue,
              locale: who.locale,
              formData: who.formData,
            },
          },
        ],
      }),
    asksForVoice: () => socket.emit('VOICE_REQUESTED', { ...who, additionalAttributes: [] }),
    send,
    says: (text, header) => send({ type: 'PLAIN', markdownText: text }, header),
    ends: () => socket.emit('CHAT_ENDED', who),
    resumes: () =>
      new Promise((resolve) => {
        const { serviceIdentifier, channelCustomerIdentifier } = who;
        socket.emit('CHAT_RESUMED', { serviceIdentifier, channelCustomerIdentifier }, resolve);
      }),
    /** The next message painted with this text. */
    sees: (text) => next('MESSAGE_RECEIVED', ({ body }) => body.markdownText === text),
    texts: () => all('MESSAGE_RECEIVED').map(({ body }) => body.markdownText).filter(Boolean),
    /** The line breaks as it does on a train: nothing is said to the other side. */
    breaks: () => socket.io.engine.close(),
    close: () => socket.disconnect(),
  };
}
