// What an agent does at his desk, as changes of the desk. What goes to the hub is put into the outbox here, and
// leaves it when the hub shows it.

import { readBody } from './body';
import {
  draftOf,
  EMPTY_DRAFT,
  isUnnoted,
  newest,
  strays,
  withConversation,
  type Asked,
  type Attachment,
  type Conversation,
  type Customer,
  type Desk,
  type Draft,
  type Entry,
  type Message,
  type Unsent,
} from './model';
import type { Edit } from './profile';
import { at, text, type Wire } from './read';
import { bodiesOf, message, replySession, wrapUp } from './say';

/** Characters of one message. */
export const MESSAGE_CHARS_MAX = 10_000;

/** Opens a conversation: what came in it is seen, and the former one rests. */
export function select(desk: Desk, id: string | null): Desk {
  const seen = id ? withConversation(desk, id, (held) => (held.unread ? { ...held, unread: 0 } : held)) : desk;
  if (seen.selected === id) return seen;
  const rested = seen.selected === null ? seen : withConversation(seen, seen.selected, resting);
  return { ...rested, selected: id };
}

function resting(held: Conversation): Conversation {
  const entries = newest(held.entries, false);
  return entries === held.entries ? held : { ...held, entries };
}

export function redraft(desk: Desk, id: string, change: Partial<Draft>): Desk {
  const draft = { ...draftOf(desk, id), ...change };
  return { ...desk, drafts: { ...desk.drafts, [id]: draft } };
}

/** Corrections of a customer's profile as they stand; null when they are saved or given up. */
export function correct(desk: Desk, customer: string, edit: Edit | null): Desk {
  const { [customer]: _, ...others } = desk.edits;
  return { ...desk, edits: edit ? { ...others, [customer]: edit } : others };
}

/** Keeps, of what belongs to nothing that is here, what has words to show. */
export function tidied(desk: Desk): Desk {
  const shown = new Set([...strays(desk).map(({ id }) => id), ...Object.keys(desk.conversations)]);
  const customers = new Set(Object.values(desk.conversations).map((held) => held.customer.id));
  const drafts = Object.entries(desk.drafts).filter(([id]) => shown.has(id));
  const edits = Object.entries(desk.edits).filter(([id]) => shown.has(id) || customers.has(id));
  return { ...desk, drafts: Object.fromEntries(drafts), edits: Object.fromEntries(edits) };
}

/** Puts away what was written where the agent is no longer. */
export function withoutStray(desk: Desk, id: string): Desk {
  const { [id]: _, ...drafts } = desk.drafts;
  return { ...correct(desk, id, null), drafts };
}

/** An attachment that has come further; one that was taken away meanwhile stays away. */
export function attachmentChanged(desk: Desk, id: string, attachment: string, change: Partial<Attachment>): Desk {
  const { attachments } = draftOf(desk, id);
  return redraft(desk, id, {
    attachments: attachments.map((one) => (one.id === attachment ? { ...one, ...change } : one)),
  });
}

/** Whether what is written goes to the agents only: by choice, or because whoever writes does not serve. */
export function staysInside(held: Conversation, draft: Draft): boolean {
  return draft.inside || held.role !== 'PRIMARY';
}

/** Whether what is written can be sent now. */
export function sendable(held: Conversation, draft: Draft): boolean {
  const uploading = draft.attachments.some((one) => one.state !== 'ready');
  const fits = bodiesOf(draft).length > 0 && draft.text.length <= MESSAGE_CHARS_MAX;
  return !uploading && fits && maySay(held, staysInside(held, draft));
}

/** Whether this agent may write here: to the customer only while he is there, to the agents while he is in it. */
export function maySay(held: Conversation, inside: boolean): boolean {
  if (held.gone || held.role === 'WRAP_UP') return false;
  return inside || (held.role === 'PRIMARY' && held.sessions.some((session) => session.open));
}

/** Puts what is written into the outbox, and an empty sheet in its place. `mint` makes ids. */
export function send(desk: Desk, id: string, now: number, mint: () => string): Desk {
  const held = desk.conversations[id];
  const draft = draftOf(desk, id);
  if (!held || !sendable(held, draft)) return desk;
  const bodies = bodiesOf(draft);
  const unsent = bodies.map((body, index) => {
    const last = index === bodies.length - 1;
    return entrusted(desk, held, mint(), now, staysInside(held, draft), body, last ? draft : EMPTY_DRAFT);
  });
  const drafts = { ...desk.drafts, [id]: { ...draft, text: '', replyTo: null, edits: null, attachments: [] } };
  const after = { ...desk, drafts, outbox: [...desk.outbox, ...unsent] };
  return withConversation(after, id, (one) => (one.suggestions ? { ...one, suggestions: null } : one));
}

/** A message that failed on its way to the customer, once more and as a new one. */
export function sendAgain(desk: Desk, id: string, of: Message, now: number, mint: () => string): Desk {
  const held = desk.conversations[id];
  if (!held || !of.sent) return desk;
  const unsent = entrusted(desk, held, mint(), now, of.inside, of.sent, EMPTY_DRAFT);
  return { ...desk, outbox: [...desk.outbox, unsent] };
}

/** Puts the codes and the note of a conversation that goes on into the outbox. */
export function note(desk: Desk, id: string, now: number, mint: () => string): Desk {
  const held = desk.conversations[id];
  const draft = draftOf(desk, id);
  if (!held || isUnnoted(draft)) return desk;
  const own = mint();
  const wire = wrapUp(desk.me, held, draft.codes, draft.note, own, now);
  const body = readBody(at(wire, 'data', 'body'));
  const unsent: Unsent = {
    id: own,
    conversation: id,
    at: now,
    inside: true,
    wire,
    body,
    replyTo: null,
    edits: null,
    session: null,
    refused: null,
  };
  return redraft({ ...desk, outbox: [...desk.outbox, unsent] }, id, { codes: [], note: '' });
}

function entrusted(
  desk: Desk,
  held: Conversation,
  id: string,
  now: number,
  inside: boolean,
  body: Wire,
  draft: Draft,
): Unsent {
  const intent = draft.edits ? { edits: draft.edits } : draft.replyTo ? { replyTo: draft.replyTo } : null;
  return {
    id,
    conversation: held.id,
    at: now,
    inside,
    wire: message(desk.me, held, id, now, inside, body, intent),
    body: readBody(body),
    replyTo: draft.replyTo,
    edits: draft.edits,
    session: text(replySession(held).id) || null,
    refused: null,
  };
}

/** Tries a refused message again, under the id it has. */
export function retry(desk: Desk, id: string): Desk {
  const outbox = desk.outbox.map((unsent) => (unsent.id === id ? { ...unsent, refused: null } : unsent));
  return { ...desk, outbox };
}

export function discard(desk: Desk, id: string): Desk {
  return { ...desk, outbox: desk.outbox.filter((unsent) => unsent.id !== id) };
}

/** What still has to reach the hub in a conversation, oldest first. */
export function due(desk: Desk, conversation: string): Unsent[] {
  return desk.outbox.filter((unsent) => unsent.conversation === conversation && !unsent.refused);
}

export function asking(desk: Desk, id: string, asked: Asked | null): Desk {
  return withConversation(desk, id, (held) => ({ ...held, asked }));
}

/** A customer as he is now, in every conversation with him. */
export function withCustomer(desk: Desk, customer: Customer): Desk {
  const his = Object.values(desk.conversations).filter((held) => held.customer.id === customer.id);
  return his.reduce((now, { id }) => withConversation(now, id, (held) => ({ ...held, customer })), desk);
}

/** Of what was read of a log, what came before the first entry that is there. */
export function earlier(read: Entry[], there: readonly Entry[]): Entry[] {
  const known = new Set(there.map((entry) => entry.id));
  const first = read.findIndex((entry) => known.has(entry.id));
  return first < 0 ? read : read.slice(0, first);
}

/** Older entries the hub was asked for, put before those that are there. */
export function withOlder(desk: Desk, id: string, older: Entry[]): Desk {
  return withConversation(desk, id, (held) => {
    const more = earlier(older, held.entries);
    return more.length ? { ...held, entries: [...more, ...held.entries] } : held;
  });
}

/** Remarks that have been said. */
export function remarked(desk: Desk): Desk {
  return desk.remarks.length ? { ...desk, remarks: [] } : desk;
}

/** The list as it is shown: what has happened, and below it what is on its way. */
export function shownEntries(desk: Desk, id: string): (Entry | Unsent)[] {
  const held = desk.conversations[id];
  if (!held) return [];
  return [...held.entries, ...desk.outbox.filter((unsent) => unsent.conversation === id)];
}

/** Conversations as the inbox lists them: wrap-ups and those who wait longest first, quiet ones below. */
export function inbox(desk: Desk): Conversation[] {
  const rank = (held: Conversation) => {
    if (held.wrapUp) return 0;
    return held.waitingSince !== null && held.role === 'PRIMARY' ? 1 : 2;
  };
  const place = (held: Conversation) => (rank(held) === 1 ? (held.waitingSince ?? 0) : -held.lastAt);
  return Object.values(desk.conversations).sort(
    (one, other) => rank(one) - rank(other) || place(one) - place(other) || (one.id < other.id ? -1 : 1),
  );
}

/** The conversation after or before the one that is open, around the corner. */
export function neighbour(desk: Desk, step: 1 | -1): string | null {
  const ids = inbox(desk).map((held) => held.id);
  if (ids.length === 0) return null;
  const place = desk.selected ? ids.indexOf(desk.selected) : -1;
  const next = place < 0 ? (step === 1 ? 0 : ids.length - 1) : (place + step + ids.length) % ids.length;
  return ids[next] ?? null;
}
