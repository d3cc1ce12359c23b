// Performs what the chat asks for: keeps the line, the memory and the files under way, and tells who paints when something
// has changed.

import { type Chat, type Deed, type Happening, RESTING, kept, step } from './chat';
import { type Hub, Refused, type Setup, type Stored } from './hub';
import type { Memory } from './memory';
import { type Said, read } from './message';
import { Line } from './socket';
import { type Body, type Reason, freshId } from './wire';

/** A file on its way to the hub; once there, it is a message like any other. */
export interface Upload {
  id: string;
  file: File;
  state: { is: 'waiting' } | { is: 'going'; part: number } | { is: 'failed'; why: Flaw; told: Reason | null };
}

/** Why a file cannot be sent. */
export type Flaw = 'fileTooLarge' | 'fileNotTaken' | 'fileEmpty' | 'fileFailed';

export interface Audience {
  changed(): void;
  rang(said: Said): void;
}

export class Client {
  chat: Chat = RESTING;
  uploads: Upload[] = [];
  readonly #hub: Hub;
  readonly #setup: Setup;
  readonly #memory: Memory;
  readonly #audience: Audience;
  readonly #line: Line;
  readonly #waits = new Set<ReturnType<typeof setTimeout>>();
  readonly #aborts = new Map<string, AbortController>();
  /** Messages of this tab: what else is kept belongs to others. */
  readonly #own = new Set<string>();
  #keeps = false;
  #stops: (() => void)[];

  constructor(hub: Hub, setup: Setup, memory: Memory, audience: Audience) {
    this.#hub = hub;
    this.#setup = setup;
    this.#memory = memory;
    this.#audience = audience;
    const base = hub.base.href;
    this.#line = new Line(hub.base, setup.service, {
      up: () => this.happen({ is: 'lineUp' }),
      down: () => this.happen({ is: 'lineDown' }),
      turnedAway: (why) => this.happen({ is: 'turnedAway', why }),
      started: (message) => this.happen({ is: 'started', conversation: conversationOf(message) }),
      told: (message) => this.happen({ is: 'told', news: read(message, base), at: Date.now() }),
      ended: (reason) => this.happen({ is: 'ended', reason, at: Date.now() }),
      refused: (task, code, why) => this.happen({ is: 'refused', task, code, why }),
    });
    const hurry = () => this.#line.hurry();
    addEventListener('online', hurry);
    this.#stops = [() => removeEventListener('online', hurry), memory.watch(() => this.#find())];
    this.#find();
  }

  /** Leaves the page; the chat stays. */
  close(): void {
    this.#stops.forEach((stop) => stop());
    this.#waits.forEach(clearTimeout);
    this.#line.disconnect();
  }

  happen(what: Happening): void {
    const [chat, deeds] = step(this.chat, what);
    this.chat = chat;
    this.#keep();
    deeds.forEach((deed) => this.#perform(deed));
    this.#upload();
    this.#audience.changed();
  }

  write(body: Body): void {
    this.happen({ is: 'write', id: freshId(), body, at: Date.now() });
  }

  attach(files: Iterable<File>): void {
    const added = Array.from(files, (file): Upload => {
      const why = this.#flaw(file);
      return { id: freshId(), file, state: why ? { is: 'failed', why, told: null } : { is: 'waiting' } };
    });
    this.uploads = [...this.uploads, ...added];
    this.#upload();
    this.#audience.changed();
  }

  detach(id: string): void {
    this.#aborts.get(id)?.abort();
    this.#aborts.delete(id);
    this.uploads = this.uploads.filter((upload) => upload.id !== id);
    this.#upload();
    this.#audience.changed();
  }

  /** Takes up a chat that another page has begun. */
  #find(): void {
    const found = this.#memory.chat();
    if (!found) return;
    found.outbox.forEach(({ id }) => this.#own.add(id));
    this.happen({ is: 'found', kept: found });
  }

  #keep(): void {
    const now = kept(this.chat);
    now?.outbox.forEach(({ id }) => this.#own.add(id));
    if (now) {
      const others = this.#memory.chat()?.outbox.filter(({ id }) => !this.#own.has(id)) ?? [];
      this.#memory.keep({ ...now, outbox: [...others, ...now.outbox] });
    } else if (this.#keeps) {
      this.#memory.keep(null);
    }
    this.#keeps = now !== null;
  }

  #perform(deed: Deed): void {
    switch (deed.do) {
      case 'connect':
        return this.#line.connect(deed.visitor);
      case 'disconnect':
        this.uploads = [];
        return this.#line.disconnect();
      case 'request':
        return this.#line.request(deed.visitor);
      case 'resume':
        return void this.#resume(deed);
      case 'send':
        return void this.#send(deed);
      case 'type':
        return void this.#line.send(deed.visitor, freshId(), { type: 'NOTIFICATION', notificationType: 'TYPING_STARTED', markdownText: '' });
      case 'confirm':
        return void this.#confirm(deed);
      case 'end':
        return this.#line.end(deed.visitor);
      case 'ring':
        return this.#audience.rang(deed.said);
      case 'wait': {
        const wait = setTimeout(() => {
          this.#waits.delete(wait);
          this.happen(deed.then);
        }, deed.ms);
        this.#waits.add(wait);
      }
    }
  }

  async #resume({ visitor }: Extract<Deed, { do: 'resume' }>): Promise<void> {
    const answer = await this.#line.resume(visitor);
    // Without an answer the line is about to break, or the hub is: it is asked again.
    const news = answer?.messages.map((message) => read(message, this.#hub.base.href)) ?? [];
    this.happen({ is: 'resumed', code: answer?.code ?? 408, news });
  }

  async #send({ visitor, outgoing: { id, body } }: Extract<Deed, { do: 'send' }>): Promise<void> {
    const answer = await this.#line.send(visitor, id, body);
    this.happen(answer ? { is: 'answered', id, ...answer } : { is: 'unanswered', id });
  }

  /** One after the other: the hub slows down who sends many at once. */
  async #confirm({ visitor, ids }: Extract<Deed, { do: 'confirm' }>): Promise<void> {
    for (const messageId of ids) {
      const body = { type: 'DELIVERYNOTIFICATION', markdownText: '', messageId, status: 'READ', reasonCode: 200 };
      await this.#line.send(visitor, freshId(), body);
    }
  }

  #flaw({ name, size }: File): Flaw | null {
    const { bytesMax, extensions } = this.#setup.files;
    const ending = name.split('.').pop()?.toLowerCase() ?? '';
    if (extensions.length && !extensions.includes(ending)) return 'fileNotTaken';
    if (size > bytesMax) return 'fileTooLarge';
    return size === 0 ? 'fileEmpty' : null;
  }

  /** Sends the oldest file that waits, once the chat runs: until then the hub takes none. */
  #upload(): void {
    const { phase, line } = this.chat;
    const isOpen = phase.is === 'running' && phase.synced && line === 'up';
    if (!isOpen || this.uploads.some(({ state }) => state.is === 'going')) return;
    const next = this.uploads.find(({ state }) => state.is === 'waiting');
    if (next) void this.#carry(next, phase.conversation ?? '');
  }

  async #carry({ id, file }: Upload, conversation: string): Promise<void> {
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    this.#turn(id, { is: 'going', part: 0 });
    try {
      const progress = (part: number) => this.#turn(id, { is: 'going', part });
      const stored = await this.#hub.upload(file, conversation, progress, abort.signal);
      this.uploads = this.uploads.filter((upload) => upload.id !== id);
      this.write(attached(file, stored));
    } catch (error) {
      const told = error instanceof Refused ? error.why : null;
      this.#turn(id, { is: 'failed', why: 'fileFailed', told });
      this.#upload();
    }
  }

  #turn(id: string, state: Upload['state']): void {
    this.uploads = this.uploads.map((upload) => (upload.id === id ? { ...upload, state } : upload));
    this.#audience.changed();
  }
}

/** A stored file as the documented widgets write it. */
function attached(file: File, { name, mime, size, url }: Stored): Body {
  const kind = mime.split('/')[0]!.toUpperCase();
  const attachment = { mediaUrl: url, type: mime, mimeType: mime, mediaName: file.name, size, thumbnail: '' };
  if (['IMAGE', 'VIDEO', 'AUDIO'].includes(kind)) {
    return { type: kind, markdownText: '', caption: file.name, additionalDetails: {}, attachment };
  }
  const extType = file.name.split('.').pop() ?? '';
  const additionalDetails = { fileName: name };
  return { type: 'FILE', markdownText: '', caption: '', additionalDetails, attachment: { ...attachment, extType } };
}

function conversationOf(message: unknown): string | null {
  const header = (message as { header?: { conversationId?: unknown } } | null)?.header;
  return typeof header?.conversationId === 'string' ? header.conversationId : null;
}
