// What a desk knows. All of it is plain data: the reducers in `told.ts` and `act.ts` make the next desk out of the
// present one, and whatever did not change stays the same object, so that a screen redraws only what did.
//
// Times are milliseconds of this computer's clock; `clock.ts` turns the hub's into them.

import type { Said, Why } from '$lib/api/refusal';
import type { Body } from './body';
import { isTouched, type Edit } from './profile';

/** What somebody is in a conversation. */
export type Role = 'PRIMARY' | 'ASSISTANT' | 'SILENT_MONITOR' | 'WHISPER' | 'WRAP_UP';

/** Something that ends: when, and how long it was from the beginning. */
export interface Timer {
  until: number;
  total: number;
}

export interface Me {
  id: string;
  username: string;
  firstName: string;
  lastName: string;
}

export interface Customer {
  id: string;
  name: string;
  anonymous: boolean;
  labels: string[];
  /** Attributes of the customer schema, by key. */
  attributes: Record<string, unknown>;
}

/** A customer's presence on one channel. */
export interface Session {
  id: string;
  channel: string;
  channelType: string;
  /** The file of the type's logo, if it has one. */
  logo: string;
  service: string;
  address: string;
  /** What came with it: browser, form, locale. */
  details: { key: string; value: string }[];
  open: boolean;
  outbound: boolean;
  /** What was sent on it can be changed. */
  editable: boolean;
}

export interface Seat {
  user: string;
  username: string;
  name: string;
  role: Role;
}

export type Delivery =
  | { state: 'accepted' }
  | { state: 'delivered'; at: number }
  | { state: 'read'; at: number }
  | { state: 'failed'; reason: string };

export type Speaker = 'customer' | 'agent' | 'bot' | 'system';

export interface Message {
  kind: 'message';
  id: string;
  /** The event that brought it. */
  event: string;
  at: number;
  speaker: Speaker;
  by: { id: string; name: string };
  /** Seen by agents only. */
  inside: boolean;
  body: Body;
  /** The message it answers. */
  replyTo: string | null;
  edited: boolean;
  session: string | null;
  /** Of messages to the customer. */
  delivery: Delivery | null;
  /** Of those, the body as it was sent, to be sent again when it failed. */
  sent: Record<string, unknown> | null;
}

export type NoticeName =
  | 'session_started'
  | 'session_ended'
  | 'customer_left'
  | 'joined'
  | 'left'
  | 'role_changed'
  | 'transfer_asked'
  | 'conference_asked'
  | 'consult_asked'
  | 'queued'
  | 'nobody_free'
  | 'paused'
  | 'resumed'
  | 'customer_changed'
  | 'hand_raised'
  | 'hand_lowered'
  | 'answer_overdue'
  | 'bot_joined'
  | 'bot_left'
  | 'bot_acted'
  | 'activity';

/** Something that happened between messages. */
export interface Notice {
  kind: 'notice';
  id: string;
  at: number;
  name: NoticeName;
  who: string;
  detail: string;
}

export type Entry = Message | Notice;

/** A message on its way to the hub. It keeps its id over every attempt, so it arrives once. */
export interface Unsent {
  id: string;
  conversation: string;
  at: number;
  inside: boolean;
  wire: Record<string, unknown>;
  body: Body;
  replyTo: string | null;
  /** The message it changes. */
  edits: string | null;
  session: string | null;
  /** Why the hub did not take it; null while it is on its way. */
  refused: Said | null;
}

export interface Attachment {
  id: string;
  name: string;
  size: number;
  type: string;
  state: 'uploading' | 'ready' | 'failed';
  /** What the hub calls it, once it has it. */
  stored: string | null;
  problem: string | null;
}

/** What a conversation was about, by the wrap-up form. */
export interface Code {
  category: string;
  value: string;
}

/** What is being written. */
export interface Draft {
  text: string;
  /** To the other agents, not to the customer. */
  inside: boolean;
  replyTo: string | null;
  edits: string | null;
  attachments: Attachment[];
  /** For the wrap-up or a note before it. */
  codes: Code[];
  note: string;
  /** For whoever is asked for help. */
  helpNote: string;
  /** The name of whom the conversation is looked to be given to. */
  linkSearch: string;
}

export type AnswerLevel = 'calm' | 'warn' | 'urgent';

export interface AnswerTimer extends Timer {
  level: AnswerLevel;
  /** The hub asks whether more time is needed. */
  asks: boolean;
}

/** Help that was asked for and has not come yet. */
export interface Asked {
  for: Assistance;
  whom: string;
}

export type Assistance = 'transfer' | 'conference' | 'consult';

export interface Conversation {
  id: string;
  task: string | null;
  room: Record<string, unknown> | null;
  customer: Customer;
  sessions: Session[];
  /** As the hub wrote it; requests for help send it back. */
  sessionOnWire: Record<string, unknown> | null;
  seatOnWire: Record<string, unknown> | null;
  seats: Seat[];
  bot: string | null;
  role: Role;
  data: Record<string, string>;
  entries: Entry[];
  /** Customer's messages not looked at yet. */
  unread: number;
  /** The customer's oldest message nobody has answered. */
  waitingSince: number | null;
  lastAt: number;
  answer: AnswerTimer | null;
  pause: Timer | null;
  wrapUp: Timer | null;
  typingUntil: number;
  hands: string[];
  suggestions: { of: string | null; bodies: Body[] } | null;
  asked: Asked | null;
  /** Shown before the line was lost, and not again yet. */
  stale: boolean;
  /** No longer this agent's: why. It stays until it is put away, when something unsent or typed is in it. */
  gone: string | null;
}

export interface Offer {
  conversation: string;
  task: string;
  room: Record<string, unknown> | null;
  customer: string;
  session: Session | null;
  direction: string;
  queue: string;
  note: string;
  askedBy: string;
  ring: Timer | null;
  waitingSince: number | null;
}

export type AgentState = 'LOGIN' | 'NOT_READY' | 'READY' | 'LOGOUT' | 'UNKNOWN';

export interface Domain {
  id: string;
  name: string;
  state: string;
  since: number;
  tasksMax: number;
}

export interface Presence {
  state: AgentState;
  reason: string | null;
  since: number;
  domains: Domain[];
}

export interface PullList {
  id: string;
  name: string;
  description: string;
}

export interface PullRequest {
  id: string;
  list: string;
  status: string;
  at: number;
  customer: string;
  session: Session | null;
  sessionOnWire: Record<string, unknown>;
}

export interface Announcement {
  id: string;
  by: string;
  text: string;
  until: number | null;
}

/** A hand raised in a conversation this supervisor is not in. */
export interface Hand {
  conversation: string;
  agent: string;
  name: string;
  customer: string;
}

export type LineState =
  | { name: 'connecting' }
  | { name: 'open' }
  | { name: 'lost'; since: number }
  /** Signed in elsewhere, logged out by a supervisor, or by himself. */
  | { name: 'ended'; why: Said }
  /** The hub does not know the session any more. */
  | { name: 'refused' };

/** Said once, in passing. */
export interface Remark {
  id: number;
  tone: 'plain' | 'good' | 'bad';
  /** A text of ours, or the hub's own words. */
  name:
    | 'refused'
    | 'transfer_placed'
    | 'conference_placed'
    | 'help_granted'
    | 'transferred'
    | 'taken_away'
    | 'unanswered'
    | 'called_back'
    | 'interrupted'
    | 'removed'
    | 'wrap_up_kept'
    | 'wrap_up_left'
    | 'wrap_up_expired'
    | 'unsendable';
  text: string;
  /** The text by its code, when it is the hub's. */
  why?: Why | null;
  conversation: string | null;
}

export interface Desk {
  me: Me;
  line: LineState;
  /** This computer's clock less the hub's. */
  skew: number;
  presence: Presence | null;
  offers: Offer[];
  conversations: Record<string, Conversation>;
  /** The conversation that is open. */
  selected: string | null;
  drafts: Record<string, Draft>;
  /** Corrections of profiles under way, by the customer's id. */
  edits: Record<string, Edit>;
  /** What is being written to the teams. */
  announcement: string;
  outbox: Unsent[];
  lists: PullList[];
  requests: PullRequest[];
  announcements: Announcement[];
  hands: Hand[];
  remarks: Remark[];
  remarked: number;
}

/** Entries kept here of the conversation that is open, and of each other one; the hub has the older ones. */
export const ENTRIES_MAX = 10_000;
export const ENTRIES_RESTING_MAX = 200;
/** Remarks nobody has taken yet. */
export const REMARKS_MAX = 20;

export const EMPTY_DRAFT: Draft = Object.freeze({
  text: '',
  inside: false,
  replyTo: null,
  edits: null,
  attachments: [],
  codes: [],
  note: '',
  helpNote: '',
  linkSearch: '',
});

export function emptyDesk(me: Me): Desk {
  return {
    me,
    line: { name: 'connecting' },
    skew: 0,
    presence: null,
    offers: [],
    conversations: {},
    selected: null,
    drafts: {},
    edits: {},
    announcement: '',
    outbox: [],
    lists: [],
    requests: [],
    announcements: [],
    hands: [],
    remarks: [],
    remarked: 0,
  };
}

/** The desk with one conversation changed; the same desk when it is not held. */
export function withConversation(
  desk: Desk,
  id: string,
  change: (conversation: Conversation) => Conversation,
): Desk {
  const before = desk.conversations[id];
  if (!before) return desk;
  const after = change(before);
  if (after === before) return desk;
  return { ...desk, conversations: { ...desk.conversations, [id]: after } };
}

/** The desk with something to say in passing. */
export function withRemark(desk: Desk, remark: Omit<Remark, 'id'>): Desk {
  const id = desk.remarked + 1;
  return { ...desk, remarked: id, remarks: [...desk.remarks, { id, ...remark }].slice(-REMARKS_MAX) };
}

export function draftOf(desk: Desk, conversation: string): Draft {
  return desk.drafts[conversation] ?? EMPTY_DRAFT;
}

/** Whether nothing is written to anybody. */
export function isEmpty(draft: Draft): boolean {
  return draft.text.trim() === '' && draft.attachments.length === 0;
}

/** Whether nothing is written about the conversation. */
export function isUnnoted(draft: Draft): boolean {
  return draft.note.trim() === '' && draft.codes.length === 0;
}

/** Whether nothing at all is written in it. */
export function isBlank(draft: Draft): boolean {
  return isEmpty(draft) && isUnnoted(draft) && draft.helpNote.trim() === '' && draft.linkSearch.trim() === '';
}

/** Whether corrections of a customer's profile are under way. */
export function isCorrected(desk: Desk, customer: string): boolean {
  const edit = desk.edits[customer];
  return edit !== undefined && isTouched(edit);
}

/** What was written where the agent is no longer: the id of the conversation or the customer, and the words. */
export interface Stray {
  id: string;
  words: string;
}

/** Of what was kept over a reload, what belongs to nothing that is here. */
export function strays({ drafts, edits, conversations }: Desk): Stray[] {
  const customers = new Set(Object.values(conversations).map((held) => held.customer.id));
  const written = Object.entries(drafts).filter(([id]) => !conversations[id]);
  const corrected = Object.entries(edits).filter(([id]) => !customers.has(id));
  return [
    ...written.map(([id, draft]) => ({ id, words: [draft.text.trim(), ...notedIn(draft), draft.helpNote.trim()].filter(Boolean).join('\n') })),
    ...corrected.map(([id, { typed }]) => ({ id, words: Object.values(typed).flat().filter(Boolean).join('\n') })),
  ].filter(({ words }) => words !== '');
}

/** Codes and note of a draft, as lines. */
export function notedIn({ codes, note }: Draft): string[] {
  return [...codes.map(({ category, value }) => `${category}: ${value}`), note.trim()].filter(Boolean);
}

/** The newest entries, no more than are kept. What goes, goes many at a time. */
export function newest(entries: Entry[], isOpen: boolean): Entry[] {
  const max = isOpen ? ENTRIES_MAX : ENTRIES_RESTING_MAX;
  return entries.length <= max ? entries : entries.slice(-Math.ceil(max * 0.9));
}

/** Kinds of work an agent has switched off, or had switched off for not answering. */
export function isOff(domain: Domain): boolean {
  return ['NOT_READY', 'PENDING_NOT_READY', 'LOGOUT', 'LOGIN'].includes(domain.state);
}

/** Ready, and yet nothing will be offered. */
export function takesNothing(presence: Presence | null): boolean {
  return presence?.state === 'READY' && presence.domains.length > 0 && presence.domains.every(isOff);
}

/** Kinds of work that went off since he got ready: nothing of them rings, though the rest does. */
export function wentOff(presence: Presence | null): Domain[] {
  if (presence?.state !== 'READY') return [];
  return presence.domains.filter((domain) => isOff(domain) && domain.since > presence.since);
}

/** So long the hub lets a conversation wait for an agent whose other work came first; nobody chooses such a pause. */
const INTERRUPTED_MS = 4 * 3600 * 1000;

/** Paused because other work of this agent comes first, and not for the time that is counted down. */
export function isInterrupted({ pause }: Conversation, presence: Presence | null): boolean {
  return pause?.total === INTERRUPTED_MS && (presence?.domains.some(({ state }) => state === 'INTERRUPTED') ?? false);
}

/** Whether this agent speaks to the customer. */
export function serves(conversation: Conversation): boolean {
  return conversation.role === 'PRIMARY' && !conversation.gone;
}

export function customerIsHere(conversation: Conversation): boolean {
  return conversation.sessions.some((session) => session.open);
}

/** Those beside oneself who are in it. Whoever only listens is not seen. */
export function others(conversation: Conversation, me: string): Seat[] {
  return conversation.seats.filter((seat) => seat.user !== me && seat.role !== 'SILENT_MONITOR');
}
