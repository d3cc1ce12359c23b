// What a desk asks of the hub, in the words of the socket.

import { list, object, objects, text, type Wire } from './read';
import type { Assistance, Attachment, Code, Conversation, Draft, Me, Offer, PullRequest, Role, Session } from './model';
import { storedHref } from './body';

export interface Packet {
  event: string;
  payload: unknown;
}

/** How the hub is asked for somebody: a queue by its name, or an agent by his id. */
export type Whom = { queue: string } | { agent: string };

export function agentState(me: Me, name: 'READY' | 'NOT_READY' | 'LOGOUT', reasonCode: unknown = null): Packet {
  return { event: 'changeAgentState', payload: { agentId: me.id, action: 'agentState', state: { name, reasonCode } } };
}

/** A supervisor's word for somebody else. */
export function stateOf(agentId: string, name: 'READY' | 'LOGOUT'): Packet {
  const state = { name, reasonCode: null };
  return { event: 'changeAgentState', payload: { agentId, action: 'agentState', state } };
}

export function domainState(me: Me, mrdId: string, on: boolean): Packet {
  const state = on ? 'READY' : 'NOT_READY';
  return { event: 'changeAgentState', payload: { agentId: me.id, action: 'agentMRDState', state, mrdId } };
}

const ROLES: Record<string, Role> = { CONSULT: 'ASSISTANT', SILENT_MONITOR: 'SILENT_MONITOR' };

export function accept(me: Me, offer: Offer): Packet {
  const role = ROLES[offer.direction] ?? 'PRIMARY';
  return subscription(me, offer.conversation, offer.room, offer.task, role);
}

/** Asks to be shown a conversation again; the hub says if it is not the agent's any more. */
export function showAgain(me: Me, held: Conversation): Packet {
  return subscription(me, held.id, held.room, held.task, held.role);
}

function subscription(me: Me, conversationId: string, roomInfo: Wire | null, taskId: string | null, role: Role): Packet {
  const topicParticipant = seat(me, conversationId, role);
  return { event: 'topicSubscription', payload: { topicParticipant, agentId: me.id, conversationId, roomInfo, taskId } };
}

export function decline(offer: Offer, reason: string | null): Packet {
  return { event: 'declineTask', payload: { conversationId: offer.conversation, taskId: offer.task, reason } };
}

export function leave(me: Me, held: Conversation): Packet {
  return { event: 'topicUnsubscription', payload: { roomInfo: held.room, conversationId: held.id, agentId: me.id } };
}

/** A message as the hub takes it; `name` decides who sees it. */
export function message(me: Me, held: Conversation, id: string, now: number, inside: boolean, body: Wire, intent: Intent): Wire {
  const event = inside ? 'WHISPER_MESSAGE' : 'AGENT_MESSAGE';
  return written(me, held, event, 'MESSAGE', id, now, body, intent);
}

export type Intent = { replyTo: string } | { edits: string } | null;

export function publish(me: Me, held: Conversation, cimEvent: Wire): Packet {
  return { event: 'publishCimEvent', payload: { cimEvent, agentId: me.id, conversationId: held.id, roomInfo: held.room } };
}

export function typing(me: Me, held: Conversation, id: string, now: number): Packet {
  const body = { type: 'NOTIFICATION', notificationType: 'TYPING_STARTED', markdownText: '' };
  return publish(me, held, written(me, held, 'TYPING_INDICATOR', 'NOTIFICATION', id, now, body, null));
}

export function read(me: Me, held: Conversation, messageId: string, id: string, now: number): Packet {
  const body = { type: 'DELIVERYNOTIFICATION', markdownText: '', messageId, status: 'READ', reasonCode: 200 };
  return publish(me, held, written(me, held, 'MESSAGE_DELIVERY_NOTIFICATION', 'NOTIFICATION', id, now, body, null));
}

export function moreTime(me: Me, held: Conversation, id: string, now: number): Packet {
  return signal(me, held, 'RESET_AGENT_SLA', id, now, {});
}

export function hand(me: Me, held: Conversation, up: boolean, id: string, now: number): Packet {
  return signal(me, held, up ? 'HAND_RAISED' : 'HAND_DOWN', id, now, { agentId: me.id, userName: me.username });
}

function signal(me: Me, held: Conversation, name: string, id: string, timestamp: number, data: Wire): Packet {
  const { room } = held;
  return publish(me, held, { id, name, type: 'NOTIFICATION', timestamp, conversationId: held.id, roomInfo: room, data });
}

const HELP: Record<Assistance, string> = {
  transfer: 'directTransferRequest',
  conference: 'directConferenceRequest',
  consult: 'consultRequest',
};

export function help(held: Conversation, what: Assistance, whom: Whom, note: string): Packet {
  const target =
    'queue' in whom
      ? { mode: 'queue', queueName: whom.queue }
      : { mode: 'agent', requestedAgentId: whom.agent, offerToAgent: true };
  return { event: HELP[what], payload: { ...seats(held), ...target, note: note || null } };
}

/** The advisor takes over, or serves beside the agent. */
export function promote(held: Conversation, what: 'transfer' | 'conference', agent: string): Packet {
  const event = what === 'transfer' ? 'consultTransferRequest' : 'consultConferenceRequest';
  const whom = { requestedAgentId: agent, mode: 'agent', offerToAgent: false };
  return { event, payload: { conversationId: held.id, ...seats(held), ...whom } };
}

function seats(held: Conversation): Wire {
  const channelSession = held.sessionOnWire ?? { conversationId: held.id };
  return { channelSession, agentParticipant: held.seatOnWire };
}

export function pause(me: Me, held: Conversation, duration: number): Packet {
  return participant('pauseConversation', me, held.id, held.room, { duration, state: 'ON_HOLD' });
}

export function resume(me: Me, held: Conversation): Packet {
  return participant('resumeConversation', me, held.id, held.room, { state: 'ACTIVE' });
}

export function bargeIn(me: Me, held: Conversation): Packet {
  return participant('JoinAsBargin', me, held.id, held.room, {});
}

export function joinAsWhisper(me: Me, conversationId: string): Packet {
  return participant('joinAsWhisper', me, conversationId, null, {});
}

function participant(event: string, me: Me, conversationId: string, roomInfo: Wire | null, more: Wire): Packet {
  return { event, payload: { participantId: me.id, conversationId, roomInfo, ...more } };
}

export function monitor(me: Me, channelSession: Wire): Packet {
  const topicParticipant = seat(me, text(channelSession.conversationId), 'SILENT_MONITOR');
  return { event: 'JoinAsSilentMonitor', payload: { topicParticipant, agentId: me.id, channelSession } };
}

/** Ends wrap-up: with codes and a note, or without. */
export function closeWrapUp(me: Me, held: Conversation, codes: Code[], note: string, id: string, now: number): Packet {
  const empty = codes.length === 0 && note.trim() === '';
  const cimEvent = empty ? null : wrapUp(me, held, codes, note, id, now);
  return { event: 'closeWrapup', payload: { cimEvent, roomInfo: held.room, conversationId: held.id, agentId: me.id } };
}

/** Codes and a note, as a message the customer never gets. */
export function wrapUp(me: Me, held: Conversation, codes: Code[], note: string, id: string, now: number): Wire {
  const wrapups = codes.map((code) => ({ categoryName: code.category, value: code.value }));
  const body = { markdownText: '', type: 'WRAPUP', wrapups, note: note.trim() };
  return written(me, held, 'AGENT_MESSAGE', 'MESSAGE', id, now, body, null);
}

export function subscribeList(me: Me, listId: string, list: unknown, on: boolean): Packet {
  const topicParticipant = seat(me, listId, 'PRIMARY');
  const event = on ? 'subscribePullModeList' : 'unsubscribePullModeList';
  return { event, payload: { topicParticipant, agentId: me.id, listId, list } };
}

export function joinRequest(me: Me, request: PullRequest): Packet {
  const channelSession = request.sessionOnWire;
  const topicParticipant = seat(me, text(channelSession.conversationId), 'PRIMARY');
  return { event: 'joinPullModeRequest', payload: { topicParticipant, agentId: me.id, channelSession, requestId: request.id } };
}

export function endRequest(request: PullRequest): Packet {
  return { event: 'deletePullModeRequest', payload: request.id };
}

/** The bodies a draft comes to: each file is a message of its own, and the text is the last. */
export function bodiesOf(draft: Draft): Wire[] {
  const files = draft.attachments.filter((one) => one.state === 'ready').map(fileBody);
  const written = draft.text.trim();
  return written ? [...files, { markdownText: written, type: 'PLAIN' }] : files;
}

function fileBody(of: Attachment): Wire {
  const kind = of.type.split('/')[0]?.toUpperCase() ?? '';
  const media = ['IMAGE', 'VIDEO', 'AUDIO'].includes(kind);
  const mediaUrl = new URL(storedHref(of.stored ?? ''), globalThis.location?.origin ?? 'http://hub').href;
  const attachment = { mediaUrl, mimeType: of.type, size: of.size, thumbnail: '' };
  return {
    markdownText: '',
    type: media ? kind : 'FILE',
    caption: media ? of.name : '',
    additionalDetails: { fileName: of.name },
    attachment,
  };
}

function seat(me: Me, conversationId: string, role: Role): Wire {
  const keycloakUser = { ...me };
  return {
    id: crypto.randomUUID(),
    type: 'AGENT',
    participant: { id: me.id, participantType: 'CCUser', keycloakUser, associatedRoutingAttributes: [] },
    token: null,
    conversationId,
    role,
    userCredentials: null,
    state: 'SUBSCRIBED',
  };
}

function written(
  me: Me,
  held: Conversation,
  name: string,
  type: string,
  id: string,
  now: number,
  body: Wire,
  intent: Intent,
): Wire {
  const session = replySession(held);
  const sender = {
    id: me.id,
    senderName: me.username,
    type: 'AGENT',
    additionalDetail: { firstName: me.firstName, lastName: me.lastName },
  };
  const original = intent && ('replyTo' in intent ? intent.replyTo : intent.edits);
  const header = {
    timestamp: now,
    sender,
    channelData: object(session.channelData),
    intent: intent ? ('replyTo' in intent ? 'REPLY_TO' : 'UPDATE') : null,
    ...(original && { originalMessageId: original }),
    conversationId: held.id,
    roomId: text(held.room?.id),
    channelSessionId: text(session.id) || null,
    customer: { _id: held.customer.id, firstName: held.customer.name },
  };
  return {
    id,
    name,
    type,
    conversationId: held.id,
    roomInfo: held.room,
    timestamp: now,
    data: { id, header, body },
    eventEmitter: sender,
  };
}

/** The session an answer goes to: that of the customer's newest message, if it is open. */
export function answered(held: Conversation): Session | null {
  const open = held.sessions.filter((session) => session.open);
  const spoken = held.entries.findLast((entry) => entry.kind === 'message' && entry.speaker === 'customer');
  const last = spoken?.kind === 'message' ? spoken.session : null;
  return open.find((one) => one.id === last) ?? open.at(-1) ?? null;
}

/** The same as it is named in what an agent says. */
export function replySession(held: Conversation): Wire {
  const session = answered(held);
  if (!session) return {};
  return {
    id: session.id,
    channelData: { channelCustomerIdentifier: session.address, serviceIdentifier: session.service },
  };
}

function valueOf(value: unknown): string {
  const of = object(value);
  return text(value) || text(of.value) || text(of.name) || text(of.label);
}

/** Codes a wrap-up form offers, by category. */
export function codesOf(form: unknown): { category: string; values: string[]; many: boolean }[] {
  const questions = objects(object(form).attributes);
  const inSections = objects(object(form).sections).flatMap((section) => objects(section.attributes));
  return (questions.length ? questions : inSections).flatMap((question) => {
    const options = object(question.categoryOptions);
    return objects(options.categories).map((category) => ({
      category: text(category.categoryName) || text(category.name) || text(question.label),
      values: list(category.values).map(valueOf).filter(Boolean),
      many: options.isMultipleChoice === true,
    }));
  });
}
