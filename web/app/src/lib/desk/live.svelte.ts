/**
 * The desk at work: the state of `model.ts`, the line to the hub, and what follows from one for the other.
 *
 * Promises: what the hub tells is taken in once a frame, in its order, so a flood of messages redraws no more often
 * than the screen does; what is typed and what is not sent yet is kept at every pause; a message goes out when its
 * conversation is shown, and again after every lost line until the hub has shown it.
 */

import { session } from '$lib/session/session.svelte';
import {
  asking,
  attachmentChanged,
  correct,
  discard,
  due,
  MESSAGE_CHARS_MAX,
  note,
  redraft,
  remarked,
  retry,
  select,
  send,
  sendAgain,
  tidied,
  withCustomer,
  withOlder,
  withoutStray,
} from './act';
import { summary } from './body';
import { keep, restore, forget } from './keep';
import { open as openLine, type Line } from './line';
import {
  draftOf,
  emptyDesk,
  isUnnoted,
  serves,
  strays,
  type Announcement,
  type Assistance,
  type Attachment,
  type Code,
  type Conversation,
  type Customer,
  type Desk,
  type Draft,
  type Entry,
  type Message,
  type Offer,
  type PullRequest,
  type Remark,
  type Stray,
  type Unsent,
} from './model';
import type { Edit } from './profile';
import * as say from './say';
import { announced, connected, lost, told, turnedAway, withoutConversation } from './told';
import { text, type Wire } from './read';

/** Customers see that somebody types for as long; no sooner is it said again. */
const TYPING_EVERY_MS = 3000;
/** How long after the line opened everything that is still the agent's has been shown. */
const SETTLED_MS = 2000;
const KEEP_AFTER_MS = 250;
/** What is written down when it changes. */
const KEPT = ['drafts', 'edits', 'announcement', 'outbox', 'selected'] as const;
/** What is noted goes out so long before the time for it is over, that it arrives before. */
const WRAP_UP_AHEAD_MS = 2000;
/** Turned away again so soon, there is no use in trying on. */
const COME_BACK_MS = 10_000;
/** What comes while the page is hidden waits no longer, for there are no frames. */
const HIDDEN_BATCH_MS = 200;

/** What the world outside is told. */
export interface Bell {
  /** All that rings now. */
  ringing(offers: Offer[]): void;
  spoken(conversation: Conversation, message: Message): void;
  remark(remark: Remark): void;
}

export class LiveDesk {
  #desk: Desk = $state.raw(emptyDesk({ id: '', username: '', firstName: '', lastName: '' }));
  #line: Line | null = null;
  #told: [event: string, payload: unknown][] = [];
  /** Calls off the taking in of what was told. */
  #batch: (() => void) | null = null;
  #keeps = true;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;
  /** Everything that is still the agent's has been shown. */
  #settled = $state(false);
  /** Until when which wrap-up lasts, and what will be done about it then. */
  #wrapUps = new Map<string, { until: number; timer: ReturnType<typeof setTimeout> }>();
  #typedAt = 0;
  #cameBackAt = 0;
  #reported = new Map<string, string>();
  bell: Bell | null = null;
  /** Takes what rings without being asked. */
  autoAnswer = false;

  get desk(): Desk {
    return this.#desk;
  }

  get selected(): Conversation | null {
    const { selected, conversations } = this.#desk;
    return (selected && conversations[selected]) || null;
  }

  /** What was typed before a reload in conversations that are not the agent's any more. */
  get strays(): Stray[] {
    return this.#settled ? strays(this.#desk) : [];
  }

  get #isLookedAt(): boolean {
    return !document.hidden && document.hasFocus();
  }

  /** Begins the working day of whoever is signed in. */
  start(): void {
    const { person } = session;
    if (this.#line || !person?.id) return;
    const { id, username, firstName = '', lastName = '' } = person;
    this.#desk = restore(localStorage, emptyDesk({ id, username, firstName, lastName }));
    addEventListener('pagehide', this.#keepNow);
    document.addEventListener('visibilitychange', () => {
      // A page that is hidden has no frames: what waits for one would wait until somebody looks.
      this.#flush();
      this.seen();
    });
    addEventListener('focus', () => this.seen());
    addEventListener('online', () => this.#line?.retry());
    session.beforeSignOut(() => this.end());
    this.#line = openLine(username, {
      opened: () => {
        this.#take((desk) => connected(desk));
        this.#settle();
      },
      lost: () => this.#take((desk) => lost(desk, Date.now())),
      turnedAway: () => this.#take(turnedAway),
      told: (event, payload) => this.#hear(event, payload),
    });
  }

  /** After a new sign-in. Whoever is signed in and turned away all the same has no desk. */
  comeBack(): void {
    const now = Date.now();
    if (now - this.#cameBackAt < COME_BACK_MS) {
      this.#take((desk) => ({ ...desk, line: { name: 'ended', why: { words: '' } } }));
      return;
    }
    this.#cameBackAt = now;
    this.#take((desk) => ({ ...desk, line: { name: 'connecting' } }));
    this.#line?.retry();
  }

  /** Ends the working day; nothing of it stays in this browser. */
  end(): void {
    this.setState('LOGOUT');
    this.#keeps = false;
    clearTimeout(this.#keeping);
    removeEventListener('pagehide', this.#keepNow);
    forget(localStorage, this.#desk.me.id);
  }

  // What the hub tells.

  #hear(event: string, payload: unknown): void {
    this.#told.push([event, payload]);
    this.#batch ??= document.hidden ? later(this.#flush, HIDDEN_BATCH_MS) : atNextFrame(this.#flush);
  }

  #flush = (): void => {
    this.#batch?.();
    this.#batch = null;
    const heard = this.#told.splice(0);
    if (heard.length === 0) return;
    const before = this.#desk;
    const now = Date.now();
    let desk = before;
    for (const [event, payload] of heard) desk = told(desk, event, payload, now);
    this.#set(desk);
    for (const [event, payload] of heard) {
      if (event === 'onTopicData') this.#deliver(text((payload as Wire | null)?.conversationId));
    }
    this.#tell(before, desk);
    this.seen();
  };

  /** One change after everything that was told before it. */
  #take(change: (desk: Desk) => Desk): void {
    this.#flush();
    this.#set(change(this.#desk));
  }

  #set(desk: Desk): void {
    const before = this.#desk;
    if (desk === before) return;
    this.#desk = desk;
    if (KEPT.some((part) => desk[part] !== before[part])) this.#keepSoon();
    if (desk.conversations !== before.conversations) this.#watchWrapUps(desk);
    if (desk.offers !== before.offers) this.#ring(desk.offers, before.offers);
    if (desk.remarks.length > 0) {
      const { remarks } = desk;
      this.#desk = remarked(desk);
      for (const remark of remarks) this.bell?.remark(remark);
    }
  }

  #ring(offers: Offer[], before: Offer[]): void {
    if (!this.autoAnswer) return this.bell?.ringing(offers);
    const known = new Set(before.map((offer) => offer.task));
    for (const offer of offers) if (!known.has(offer.task)) this.accept(offer);
  }

  #tell(before: Desk, after: Desk): void {
    for (const held of Object.values(after.conversations)) {
      const former = before.conversations[held.id];
      const last = held.entries.at(-1);
      if (!former || former === held || former.entries === held.entries) continue;
      const seen = held.id === after.selected && this.#isLookedAt;
      if (last?.kind === 'message' && last.speaker === 'customer' && held.unread > former.unread && !seen) {
        if (!held.pause) this.bell?.spoken(held, last);
      }
    }
  }

  /** What was noted is not lost when the time for it runs out: it is handed in just before. */
  #watchWrapUps({ conversations }: Desk): void {
    for (const [id, { until, timer }] of this.#wrapUps) {
      if (conversations[id]?.wrapUp?.until === until) continue;
      clearTimeout(timer);
      this.#wrapUps.delete(id);
    }
    for (const { id, wrapUp } of Object.values(conversations)) {
      if (!wrapUp || this.#wrapUps.has(id)) continue;
      const timer = setTimeout(() => this.#handIn(id), wrapUp.until - Date.now() - WRAP_UP_AHEAD_MS);
      this.#wrapUps.set(id, { until: wrapUp.until, timer });
    }
  }

  #handIn(id: string): void {
    const held = this.#desk.conversations[id];
    const draft = draftOf(this.#desk, id);
    if (held?.wrapUp && !isUnnoted(draft)) this.closeWrapUp(held, draft.codes, draft.note);
  }

  #keepNow = (): void => keep(localStorage, this.#desk);

  #keepSoon(): void {
    clearTimeout(this.#keeping);
    if (this.#keeps) this.#keeping = setTimeout(this.#keepNow, KEEP_AFTER_MS);
  }

  /** Asks for what was not shown again, and gives up what can no longer be sent. */
  #settle(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#flush();
      const { me, conversations, outbox, selected } = this.#desk;
      if (selected && !conversations[selected]) this.#take((desk) => select(desk, null));
      for (const held of Object.values(conversations)) if (held.stale) this.#say(say.showAgain(me, held));
      for (const orphan of outbox.filter((unsent) => !conversations[unsent.conversation])) {
        this.bell?.remark({ id: 0, tone: 'bad', name: 'unsendable', text: summary(orphan.body), conversation: null });
        this.#take((desk) => discard(desk, orphan.id));
      }
      this.#take(tidied);
      this.#settled = true;
    }, SETTLED_MS);
  }

  // What is said to the hub.

  #say(packet: say.Packet): boolean {
    return this.#line?.say(packet) ?? false;
  }

  #deliver(conversation: string): void {
    const held = this.#desk.conversations[conversation];
    if (!held || held.stale || held.gone) return;
    for (const unsent of due(this.#desk, conversation)) this.#say(say.publish(this.#desk.me, held, unsent.wire));
  }

  #deliverNew(conversation: string, before: Unsent[]): void {
    const held = this.#desk.conversations[conversation];
    if (!held || held.stale) return;
    const known = new Set(before.map((unsent) => unsent.id));
    for (const unsent of due(this.#desk, conversation)) {
      if (!known.has(unsent.id)) this.#say(say.publish(this.#desk.me, held, unsent.wire));
    }
  }

  #sending(conversation: string, change: (desk: Desk) => Desk): void {
    const before = this.#desk.outbox;
    this.#take(change);
    this.#deliverNew(conversation, before);
  }

  // Offers and presence.

  accept(offer: Offer): void {
    this.#say(say.accept(this.#desk.me, offer));
    this.#take((desk) => select(desk, offer.conversation));
  }

  decline(offer: Offer, reason: string | null = null): void {
    this.#say(say.decline(offer, reason));
  }

  setState(name: 'READY' | 'NOT_READY' | 'LOGOUT', reason: unknown = null): boolean {
    return this.#say(say.agentState(this.#desk.me, name, reason));
  }

  setDomain(mrd: string, on: boolean): boolean {
    return this.#say(say.domainState(this.#desk.me, mrd, on));
  }

  setStateOf(agent: string, name: 'READY' | 'LOGOUT'): boolean {
    return this.#say(say.stateOf(agent, name));
  }

  // Conversations.

  select(id: string | null): void {
    this.#take((desk) => select(desk, id));
    this.seen();
  }

  write(id: string, change: Partial<Draft>): void {
    this.#take((desk) => redraft(desk, id, change));
    const held = this.#desk.conversations[id];
    const now = Date.now();
    if (!held || !change.text || !serves(held) || draftOf(this.#desk, id).inside) return;
    if (now - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = now;
    this.#say(say.typing(this.#desk.me, held, crypto.randomUUID(), now));
  }

  attach(id: string, attachment: string, change: Partial<Attachment>): void {
    this.#take((desk) => attachmentChanged(desk, id, attachment, change));
  }

  send(id: string): void {
    if (draftOf(this.#desk, id).text.length > MESSAGE_CHARS_MAX) return;
    this.#sending(id, (desk) => send(desk, id, Date.now(), () => crypto.randomUUID()));
    this.#typedAt = 0;
  }

  sendAgain(id: string, message: Message): void {
    this.#sending(id, (desk) => sendAgain(desk, id, message, Date.now(), () => crypto.randomUUID()));
  }

  retry(unsent: Unsent): void {
    this.#take((desk) => retry(desk, unsent.id));
    const held = this.#desk.conversations[unsent.conversation];
    if (held && !held.stale) this.#say(say.publish(this.#desk.me, held, unsent.wire));
  }

  discard(unsent: Unsent): void {
    this.#take((desk) => discard(desk, unsent.id));
  }

  /** Keeps the codes and the note of a conversation that goes on. */
  note(id: string): void {
    this.#sending(id, (desk) => note(desk, id, Date.now(), () => crypto.randomUUID()));
  }

  /** Says to the customer that his messages were read, once somebody looks at them. */
  seen(): void {
    const held = this.selected;
    if (!held || !this.#isLookedAt) return;
    if (held.unread > 0) this.#take((desk) => select(desk, held.id));
    if (!serves(held) || held.stale) return;
    const last = held.entries.findLast((entry) => entry.kind === 'message' && entry.speaker === 'customer');
    if (!last || this.#reported.get(held.id) === last.id) return;
    if (this.#say(say.read(this.#desk.me, held, last.id, crypto.randomUUID(), Date.now()))) {
      this.#reported.set(held.id, last.id);
    }
  }

  older(id: string, entries: Entry[]): void {
    this.#take((desk) => withOlder(desk, id, entries));
  }

  /** Corrections of a customer's profile as they stand; null when they are saved or given up. */
  correct(customer: string, edit: Edit | null): void {
    this.#take((desk) => correct(desk, customer, edit));
  }

  /** What is known of a customer was read anew. */
  profile(customer: Customer): void {
    this.#take((desk) => withCustomer(desk, customer));
  }

  putStrayAway({ id }: Stray): void {
    this.#take((desk) => withoutStray(desk, id));
  }

  leave(held: Conversation): boolean {
    return this.#say(say.leave(this.#desk.me, held));
  }

  putAway(id: string): void {
    this.#take((desk) => withoutConversation(desk, id));
    this.#reported.delete(id);
  }

  help(held: Conversation, what: Assistance, whom: say.Whom, name: string, written: string): boolean {
    const asked = this.#say(say.help(held, what, whom, written));
    if (asked && what !== 'transfer') this.#take((desk) => asking(desk, held.id, { for: what, whom: name }));
    return asked;
  }

  promote(held: Conversation, what: 'transfer' | 'conference', agent: string): boolean {
    return this.#say(say.promote(held, what, agent));
  }

  pause(held: Conversation, seconds: number): boolean {
    return this.#say(say.pause(this.#desk.me, held, seconds));
  }

  resume(held: Conversation): boolean {
    return this.#say(say.resume(this.#desk.me, held));
  }

  moreTime(held: Conversation): boolean {
    return this.#say(say.moreTime(this.#desk.me, held, crypto.randomUUID(), Date.now()));
  }

  raiseHand(held: Conversation, up: boolean): boolean {
    return this.#say(say.hand(this.#desk.me, held, up, crypto.randomUUID(), Date.now()));
  }

  closeWrapUp(held: Conversation, codes: Code[], written: string): boolean {
    return this.#say(say.closeWrapUp(this.#desk.me, held, codes, written, crypto.randomUUID(), Date.now()));
  }

  // Supervisors and pull lists.

  watch(channelSession: Wire): boolean {
    const watching = this.#say(say.monitor(this.#desk.me, channelSession));
    if (watching) this.#take((desk) => select(desk, text(channelSession.conversationId)));
    return watching;
  }

  /** Speaks to the agents of a conversation, in it already or not. */
  whisper(conversation: string): boolean {
    const whispering = this.#say(say.joinAsWhisper(this.#desk.me, conversation));
    if (whispering) this.#take((desk) => select(desk, conversation));
    return whispering;
  }

  bargeIn(held: Conversation): boolean {
    return this.#say(say.bargeIn(this.#desk.me, held));
  }

  subscribe(list: { id: string }, on: boolean): boolean {
    return this.#say(say.subscribeList(this.#desk.me, list.id, list, on));
  }

  join(request: PullRequest): boolean {
    const joined = this.#say(say.joinRequest(this.#desk.me, request));
    if (joined) this.#take((desk) => select(desk, text(request.sessionOnWire.conversationId)));
    return joined;
  }

  endRequest(request: PullRequest): boolean {
    return this.#say(say.endRequest(request));
  }

  writeAnnouncement(announcement: string): void {
    this.#take((desk) => ({ ...desk, announcement }));
  }

  announce(wires: Wire[]): void {
    this.#take((desk) => announced(desk, wires));
  }

  dismiss(announcement: Announcement): void {
    this.#take((desk) => ({ ...desk, announcements: desk.announcements.filter((one) => one !== announcement) }));
  }

  dismissHand(conversation: string): void {
    this.#take((desk) => ({ ...desk, hands: desk.hands.filter((hand) => hand.conversation !== conversation) }));
  }
}

function later(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

function atNextFrame(run: () => void): () => void {
  const frame = requestAnimationFrame(run);
  return () => cancelAnimationFrame(frame);
}

export const live = new LiveDesk();
