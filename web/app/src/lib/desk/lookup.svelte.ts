/** What the desk asks of the API beside its line: read when first needed, and again when asked to. */

import { api, ask, body } from '$lib/api/client';
import { Problem } from '$lib/api/problem';
import { readAttribute, readPatterns, type Attribute, type Patterns } from './profile';
import { list, object, objects, text, textOrNull, type Wire } from './read';
import { codesOf } from './say';

/** As installed desks ask for it. */
const WRAP_UP_FORM = '62d07f4f0980a50a91210bef';

export class Lookup<T> {
  value: T = $state.raw() as T;
  problem: Problem | null = $state.raw(null);
  state: 'new' | 'loading' | 'ready' | 'failed' = $state('new');
  #read: () => Promise<T>;

  constructor(empty: T, read: () => Promise<T>) {
    this.value = empty;
    this.#read = read;
  }

  /** Reads it, unless it is there or on its way. */
  need(): void {
    if (this.state === 'new') void this.load();
  }

  load = async (): Promise<void> => {
    this.state = 'loading';
    this.problem = null;
    try {
      this.value = await this.#read();
      this.state = 'ready';
    } catch (thrown) {
      this.problem = Problem.of(thrown);
      this.state = 'failed';
    }
  };
}

const rows = async (path: string): Promise<Wire[]> => objects((await ask<unknown>('GET', path)).value);

export interface Reason {
  id: string;
  name: string;
  type: string;
  wire: Wire;
}

export const reasons = new Lookup<Reason[]>([], async () =>
  (await rows('/unified-admin/reasons'))
    .filter((wire) => wire.isDeleted !== true)
    .map((wire) => ({ id: text(wire.id), name: text(wire.name), type: text(wire.type).toUpperCase(), wire })),
);

export interface Options {
  files: boolean;
  emojis: boolean;
  autoAnswer: boolean;
  /** Seconds a conversation may be paused for. */
  pauses: number[];
}

export const options = new Lookup<Options>({ files: true, emojis: true, autoAnswer: false, pauses: [] }, async () => {
  const [first] = await rows('/unified-admin/agent-desk-settings');
  return {
    files: first?.isFileSharingEnabled !== false,
    emojis: first?.isEmojisEnabled !== false,
    autoAnswer: first?.isAutoAnswerEnabled === true,
    pauses: list(first?.pauses).map(Number).filter((seconds) => seconds > 0),
  };
});

export interface Canned {
  id: string;
  name: string;
  language: string;
  category: string;
  text: string;
}

export const canned = new Lookup<Canned[]>([], async () =>
  (await rows('/unified-admin/canned-messages')).map((wire) => ({
    id: text(wire.id),
    name: text(wire.name),
    language: text(wire.language),
    category: text(wire.category),
    text: text(wire.text),
  })),
);

export interface Label {
  id: string;
  name: string;
  color: string;
}

export const labels = new Lookup<Label[]>([], async () =>
  (await rows('/cim-customer/label')).map((wire) => ({ id: text(wire._id), name: text(wire.name), color: text(wire.colorCode) })),
);

export const schema = new Lookup<Attribute[]>([], async () =>
  (await rows('/cim-customer/customerSchema'))
    .sort((one, other) => (Number(one.sortOrder) || 0) - (Number(other.sortOrder) || 0))
    .map(readAttribute),
);

export const attributePatterns = new Lookup<Patterns>({}, async () => readPatterns(await rows('/cim-customer/attributeTypes')));

export const wrapUpCodes = new Lookup<ReturnType<typeof codesOf>>([], async () =>
  codesOf((await ask('GET', `/unified-admin/forms/${WRAP_UP_FORM}`)).value),
);

export const pullLists = new Lookup<Wire[]>([], () => rows('/unified-admin/pull-mode-list'));

export interface Helpers {
  queue: string;
  free: number;
  agents: { id: string; name: string; username: string; ready: boolean }[];
}

/** Whom an agent could ask for help in a conversation. */
export async function helpers(conversation: string): Promise<Helpers[]> {
  const path = `/routing-engine/precision-queues/available-agents?conversationId=${encodeURIComponent(conversation)}`;
  return (await rows(path)).map((row) => ({
    queue: text(row.queueName),
    free: Number(row.totalAvailableAgents) || 0,
    agents: objects(row.availableAgents).map((agent) => ({
      id: text(agent.id),
      name: text(agent.fullName) || text(agent.name),
      username: text(agent.name),
      ready: text(agent.state) === 'READY',
    })),
  }));
}

export interface Stored {
  name: string;
  type: string;
  size: number;
}

/** Gives the hub a file; it looks whether the content is what it claims to be. */
export async function upload(file: File): Promise<Stored> {
  const form = new FormData();
  form.append('file', file, file.name);
  const { value } = await ask<unknown>('POST', '/file-engine/api/uploadFileStream', { body: form });
  const stored = object(value);
  return { name: text(stored.name), type: text(stored.type) || file.type, size: Number(stored.size) || file.size };
}

/** Where a page of a log begins: behind a place, or so that it ends before one. */
export type Place = { after: number } | { before: number | 'end' };

/** What happened in a conversation, oldest first, as far as one page goes; the next one goes the same way. */
export async function eventsOf(conversation: string, place: Place): Promise<{ events: Wire[]; next: number | null }> {
  const query = { limit: '500', ...('after' in place ? { after: String(place.after) } : { before: String(place.before) }) };
  const path = { id: conversation };
  const page = await body(api.GET('/conversation-manager/conversations/{id}/events', { params: { path, query } }));
  return { events: objects(page.events).map((placed) => object(placed.event)), next: page.next ?? null };
}

export interface Past {
  id: string;
  startedAt: number;
  closed: boolean;
  channel: string;
}

/** Conversations with a customer, newest first, a page of them. */
export async function conversationsOf(customer: string, before: string | null): Promise<{ conversations: Past[]; next: string | null }> {
  const query = { customer, limit: '20', ...(before !== null && { before }) };
  const page = await body(api.GET('/conversation-manager/conversations', { params: { query } }));
  const conversations = objects(page.conversations).map((one) => ({
    id: text(one.id),
    startedAt: Number(one.startedAt) || Date.parse(text(one.startedAt)) || 0,
    closed: text(one.state) === 'CLOSED',
    channel: text(object(object(objects(one.sessions)[0]).channel).type),
  }));
  return { conversations, next: textOrNull(page.next) };
}

/** How a conversation became its customer's, if somebody linked it to him; that can be undone. */
export async function linkOf(id: string): Promise<Wire | null> {
  const { links } = await body(api.GET('/conversation-manager/conversations/{id}', { params: { path: { id } } }));
  return objects(links).at(-1) ?? null;
}

/** What is announced to one's teams now. */
export const announcements = (): Promise<Wire[]> => rows('/team-announcement/announcement?status=active');
