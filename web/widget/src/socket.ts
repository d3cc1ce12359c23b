// The line to the hub: the documented socket of pages, and nothing that decides. The library carries packets, over a
// WebSocket or by polling, and notices when nothing arrives any more; what is in them is a page's own matter (`packet.ts`).

import { Socket as Carrier } from 'engine.io-client';
import { CLOSING, type Packet, event, opening, read } from './packet';
import { type Body, type Reason, type Visitor, freshId, list, members, number, reason, text } from './wire';

/** What comes over the line. */
export interface Listener {
  up(): void;
  down(): void;
  turnedAway(why: Reason): void;
  started(message: unknown): void;
  told(message: unknown): void;
  ended(reason: string): void;
  refused(task: string, code: number, why: Reason): void;
}

export interface Answered {
  code: number;
  why: Reason;
}

/** How long an answer is waited for before the line counts as bad. */
const ANSWER_MS = 10_000;
/** How long a line may take to open. */
const OPEN_MS_MAX = 20_000;
const RECONNECT_MS_MIN = 500;
const RECONNECT_MS_MAX = 5_000;

export class Line {
  readonly #hub: URL;
  readonly #service: string;
  readonly #listener: Listener;
  #carrier: Carrier | null = null;
  #visitor: Visitor | null = null;
  /** The hub has let the page in. */
  #isUp = false;
  /** Attempts since it was up last. */
  #attempts = 0;
  /** The next attempt, or the end of this one. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  readonly #answers = new Map<number, (answer: unknown) => void>();

  constructor(hub: URL, service: string, listener: Listener) {
    this.#hub = hub;
    this.#service = service;
    this.#listener = listener;
  }

  connect(visitor: Visitor): void {
    this.disconnect();
    this.#visitor = visitor;
    this.#attempts = 0;
    this.#open(visitor);
  }

  disconnect(): void {
    if (this.#isUp) this.#carrier?.send(CLOSING);
    this.#visitor = null;
    this.#leave();
  }

  /** The browser has found the network again: no need to wait for the next attempt. */
  hurry(): void {
    const visitor = this.#visitor;
    if (!visitor || this.#isUp) return;
    this.#leave();
    this.#open(visitor);
  }

  #open(visitor: Visitor): void {
    const carrier = new Carrier(this.#hub.origin, {
      path: `${this.#hub.pathname}web-channel-manager/socket.io`,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
    });
    this.#carrier = carrier;
    const mine = (act: () => void) => {
      if (this.#carrier === carrier) act();
    };
    // `texts` says that nothing here is ever made into markup.
    const who = { serviceIdentifier: this.#service, channelCustomerIdentifier: visitor.identifier, texts: 'plain' };
    carrier.on('open', () => carrier.send(opening(who)));
    carrier.on('message', (packet: unknown) => mine(() => this.#take(read(`${packet}`))));
    carrier.on('close', () => mine(() => this.#lost()));
    this.#timer = setTimeout(() => carrier.close(), OPEN_MS_MAX);
  }

  #take(packet: Packet | null): void {
    switch (packet?.is) {
      case 'opened':
        clearTimeout(this.#timer);
        this.#isUp = true;
        this.#attempts = 0;
        return this.#listener.up();
      case 'refused':
        // Asking again would change nothing.
        this.disconnect();
        return this.#listener.turnedAway(reason(packet.why, null));
      case 'closed':
        // A hub that hangs up is given time.
        return this.#lost(RECONNECT_MS_MAX);
      case 'answer':
        return this.#answers.get(packet.to)?.(packet.argument);
      case 'event':
        return this.#hear(packet.name, packet.argument);
    }
  }

  #hear(name: string, argument: unknown): void {
    const heard = this.#listener;
    switch (name) {
      case 'CHANNEL_SESSION_STARTED':
        return heard.started(argument);
      case 'MESSAGE_RECEIVED':
        return heard.told(argument);
      case 'CHANNEL_SESSION_ENDED':
      case 'CHANNEL_SESSION_EXPIRED':
      case 'CHAT_ENDED':
        return heard.ended(text(members(argument).reason));
      case 'ERRORS': {
        const { task, code, description, message, why } = members(argument);
        return heard.refused(text(task), number(code) ?? 500, reason(text(description) || text(message), why));
      }
    }
  }

  /** Tries again after a while: longer from one attempt to the next, and not with all the others. */
  #lost(wait = Math.min(RECONNECT_MS_MIN * 2 ** this.#attempts, RECONNECT_MS_MAX) * (1 - Math.random() / 2)): void {
    const visitor = this.#visitor;
    this.#leave();
    this.#attempts += 1;
    if (visitor) this.#timer = setTimeout(() => this.#open(visitor), wait);
    this.#listener.down();
  }

  #leave(): void {
    clearTimeout(this.#timer);
    const carrier = this.#carrier;
    this.#carrier = null;
    this.#isUp = false;
    carrier?.close();
    for (const answer of [...this.#answers.values()]) answer(null);
  }

  request(visitor: Visitor): void {
    const { identifier } = visitor;
    const value = webChannelData(visitor);
    this.#say('CHAT_REQUESTED', {
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
    const { code, message, description, why } = members(answer);
    return { code: number(code) ?? 500, why: reason(text(description) || text(message), why) };
  }

  end(visitor: Visitor): void {
    this.#say('CHAT_ENDED', this.#customer(visitor));
  }

  #say(name: string, argument: unknown, number?: number): void {
    if (this.#isUp) this.#carrier?.send(event(name, argument, number));
  }

  /** `null` when no answer came. */
  #ask(name: string, argument: unknown): Promise<unknown> {
    if (!this.#isUp) return Promise.resolve(null);
    const asked = (this.#asked += 1);
    return new Promise((resolve) => {
      const settle = (answer: unknown) => {
        clearTimeout(late);
        this.#answers.delete(asked);
        resolve(answer);
      };
      const late = setTimeout(() => settle(null), ANSWER_MS);
      this.#answers.set(asked, settle);
      this.#say(name, argument, asked);
    });
  }

  #customer(visitor: Visitor) {
    return {
      serviceIdentifier: this.#service,
      channelCustomerIdentifier: visitor.identifier,
      ...webChannelData(visitor),
    };
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
