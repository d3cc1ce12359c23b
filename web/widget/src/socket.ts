// The line to the hub: the documented socket of pages, and nothing that decides.

import { Manager, type Socket } from 'socket.io-client';
import { type Body, type Visitor, freshId, list, members, number, text } from './wire';

/** What comes over the line. */
export interface Listener {
  up(): void;
  down(): void;
  turnedAway(why: string): void;
  started(message: unknown): void;
  told(message: unknown): void;
  ended(reason: string): void;
  refused(task: string, code: number, why: string): void;
}

export interface Answered {
  code: number;
  why: string;
}

/** How long an answer is waited for before the line counts as bad. */
const ANSWER_MS = 10_000;
const RECONNECT_MS_MIN = 500;
const RECONNECT_MS_MAX = 5_000;

export class Line {
  readonly #hub: URL;
  readonly #service: string;
  readonly #listener: Listener;
  #socket: Socket | null = null;

  constructor(hub: URL, service: string, listener: Listener) {
    this.#hub = hub;
    this.#service = service;
    this.#listener = listener;
  }

  connect({ identifier }: Visitor): void {
    this.disconnect();
    const manager = new Manager(this.#hub.origin, {
      path: `${this.#hub.pathname}web-channel-manager/socket.io`,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: RECONNECT_MS_MIN,
      reconnectionDelayMax: RECONNECT_MS_MAX,
    });
    // `texts` says that nothing here is ever made into markup.
    const auth = { serviceIdentifier: this.#service, channelCustomerIdentifier: identifier, texts: 'plain' };
    const socket = manager.socket('/', { auth });
    this.#socket = socket;
    const heard = this.#listener;
    const mine = (act: () => void) => {
      if (this.#socket === socket) act();
    };
    socket.on('connect', () => mine(() => heard.up()));
    socket.on('disconnect', (reason) => mine(() => this.#lost(socket, reason)));
    socket.on('connect_error', (error) =>
      mine(() => {
        // A refusal is final; anything else is tried again by the library.
        if (socket.active) heard.down();
        else heard.turnedAway(error.message);
      }),
    );
    socket.on('CHANNEL_SESSION_STARTED', (message) => mine(() => heard.started(message)));
    socket.on('MESSAGE_RECEIVED', (message) => mine(() => heard.told(message)));
    for (const name of ['CHANNEL_SESSION_ENDED', 'CHANNEL_SESSION_EXPIRED', 'CHAT_ENDED']) {
      socket.on(name, (data) => mine(() => heard.ended(text(members(data).reason))));
    }
    socket.on('ERRORS', (data) => {
      const { task, code, description, message } = members(data);
      mine(() => heard.refused(text(task), number(code) ?? 500, text(description) || text(message)));
    });
  }

  disconnect(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.disconnect();
  }

  /** The browser has found the network again: no need to wait for the next attempt. */
  hurry(): void {
    const socket = this.#socket;
    if (!socket || socket.connected) return;
    socket.disconnect();
    socket.connect();
  }

  request(visitor: Visitor): void {
    const { identifier } = visitor;
    const value = webChannelData(visitor);
    this.#socket?.emit('CHAT_REQUESTED', {
      channelCustomerIdentifier: identifier,
      serviceIdentifier: this.#service,
      additionalAttributes: [{ key: 'WebChannelData', type: 'WebChannelData', value }],
    });
  }

  /** What was said so far; `null` when there was no answer. */
  async resume({ identifier }: Visitor): Promise<{ code: number; messages: unknown[] } | null> {
    const asked = { serviceIdentifier: this.#service, channelCustomerIdentifier: identifier };
    const answer = await this.#ask('CHAT_RESUMED', asked);
    if (!answer) return null;
    const { code, isChatAvailable, data } = members(answer);
    return { code: number(code) ?? (isChatAvailable ? 200 : 404), messages: list(data) };
  }

  /** Hands a message over; `null` when there was no answer. */
  async send(visitor: Visitor, id: string, body: Body): Promise<Answered | null> {
    const answer = await this.#ask('MESSAGE_RECEIVED', {
      id,
      type: body.type,
      header: { replyToMessageId: null, intent: null },
      body,
      customer: this.#customer(visitor),
      timestamp: '',
    });
    if (!answer) return null;
    const { code, message, description } = members(answer);
    return { code: number(code) ?? 500, why: text(description) || text(message) };
  }

  end(visitor: Visitor): void {
    this.#socket?.emit('CHAT_ENDED', this.#customer(visitor));
  }

  async #ask(event: string, data: unknown): Promise<unknown> {
    if (!this.#socket?.connected) return null;
    try {
      return await this.#socket.timeout(ANSWER_MS).emitWithAck(event, data);
    } catch {
      return null;
    }
  }

  #customer(visitor: Visitor) {
    return {
      serviceIdentifier: this.#service,
      channelCustomerIdentifier: visitor.identifier,
      ...webChannelData(visitor),
    };
  }

  #lost(socket: Socket, reason: string): void {
    this.#listener.down();
    // A hub that hangs up is not asked again by the library.
    if (!socket.active && reason === 'io server disconnect') {
      setTimeout(() => this.#socket === socket && socket.connect(), RECONNECT_MS_MAX);
    }
  }
}

function webChannelData({ form, answers }: Visitor) {
  const [language, country] = navigator.language.split('-');
  return {
    browserDeviceInfo: {
      browserId: '',
      browserIdExpiryTime: '',
      browserName: navigator.userAgent.match(/Firefox|Edg|OPR|Chrome|Safari/)?.[0] ?? '',
      deviceType: matchMedia('(pointer: coarse)').matches ? 'mobile' : 'desktop',
    },
    queue: '',
    locale: { timezone: Intl.DateTimeFormat().resolvedOptions().timeZone, language, country: country ?? '' },
    formData: {
      id: freshId(),
      formId: form ?? 0,
      filledBy: 'web-widget',
      attributes: answers,
      createdOn: new Date().toISOString(),
    },
  };
}
