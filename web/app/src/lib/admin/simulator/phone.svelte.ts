/**
 * A played customer's phone. What he sends goes in where connectors post; what he is sent is read from the feed of the
 * channel's connector, as a connector reads it. Reading it here settles nothing: only the connector itself does.
 */

import { api, ask, body, type Schema } from '$lib/api/client';
import { Problem } from '$lib/api/problem';
import { object, text, type Wire } from '$lib/desk/read';
import * as say from './customer';
import { answers, changed, isSaid, own, shownAfter, type Said, type Shown } from './screen';

/** The feed is asked again this often. */
const EVERY_MS = 1000;
const PAGE = '200';

export class Phone {
  shown: Shown[] = $state.raw([]);
  conversation: string | null = $state(null);
  /** The chat has ended. What is written next begins another. */
  over = $state(false);
  readsAtOnce = $state(true);
  /** Why nothing can be read at present. */
  problem: Problem | null = $state(null);
  readonly customer: say.Customer;
  readonly line: say.Line;
  #session: string | null = null;
  #cursor: number | null = null;
  #asking = false;
  /** What the hub has not taken yet. */
  #posts = new Map<string, Wire>();
  #sent: Promise<unknown> = Promise.resolve();
  #waiting: (() => void)[] = [];

  constructor(customer: say.Customer, line: say.Line) {
    this.customer = customer;
    this.line = line;
  }

  /** Follows the chat until what is given back is called. A chat that is open already is shown. */
  start = (): (() => void) => {
    const look = () => void this.#look();
    void this.#resume().then(look);
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  };

  /** Sends something to be seen. Whether the hub took it. */
  write = (what: say.Body): Promise<boolean> => {
    const [id, at] = [crypto.randomUUID(), Date.now()];
    this.#show([...this.shown, own(id, at, what)]);
    this.#posts.set(id, say.posted(id, at, this.customer, this.line, what));
    return this.#post(id);
  };

  /** Sends once more what was refused, as the same message. */
  again = (id: string): Promise<boolean> => {
    this.#change(id, { sent: 'sending', problem: '' });
    return this.#post(id);
  };

  end = (): Promise<boolean> => this.#signal(say.words(''), 'END_CHAT');

  typing = (on: boolean): Promise<boolean> => this.#signal(say.typing(on));

  /** Tells the hub that the customer has read everything. */
  read = async (): Promise<void> => {
    for (const one of this.unread) {
      this.#change(one.id, { read: true });
      await this.#signal(say.receipt(one.id));
    }
  };

  get unread(): Said[] {
    return this.shown.filter((one): one is Said => isSaid(one) && !one.read && (one.by === 'agent' || one.by === 'bot'));
  }

  /** Resolves when something has changed on the screen. */
  happened(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  answered(only: 'answer' | 'agent'): boolean {
    return answers(this.shown).some(({ by }) => by === 'agent' || (only === 'answer' && by === 'bot'));
  }

  /** One after the other, in the order they were written. */
  #post(id: string): Promise<boolean> {
    const post = this.#posts.get(id);
    const sent = this.#sent.then(async () => {
      if (!post) return false;
      try {
        await this.#begun(await this.#receive(post));
        this.#posts.delete(id);
        this.#change(id, { sent: 'accepted' });
        return true;
      } catch (thrown) {
        this.#change(id, { sent: 'refused', problem: Problem.of(thrown).message });
        return false;
      }
    });
    this.#sent = sent;
    return sent;
  }

  /** What is not seen on the customer's own screen. */
  #signal(what: say.Body, intent: say.Intent = null): Promise<boolean> {
    const message = say.posted(crypto.randomUUID(), Date.now(), this.customer, this.line, what, intent);
    const sent = this.#sent.then(() =>
      this.#receive(message).then(
        () => true,
        (thrown) => {
          this.problem = Problem.of(thrown);
          return false;
        },
      ),
    );
    this.#sent = sent;
    return sent;
  }

  async #receive(message: Wire): Promise<Schema['AcceptedDetails']> {
    const { value } = await ask<Schema['Accepted']>('POST', '/ccm/message/receive', { body: message });
    return value.additionalDetails;
  }

  /** Notes where the chat goes on, the first time it is known. */
  async #begun({ conversationId, channelSessionId }: Schema['AcceptedDetails']): Promise<void> {
    if (!conversationId || !channelSessionId || channelSessionId === this.#session) return;
    this.#cursor ??= await beginning(conversationId);
    this.#session = channelSessionId;
    this.conversation = conversationId;
    this.over = false;
  }

  /** Takes up a chat that is open at this address. */
  async #resume(): Promise<void> {
    try {
      const open = await openSession(this.line, this.customer.address);
      if (!open || this.#session) return;
      const params = { path: { id: this.line.connector, sessionId: open.channelSessionId } };
      const { messages } = await body(api.GET('/ccm/channel-connectors/{id}/sessions/{sessionId}/messages', { params }));
      this.#show(messages.reduce<Shown[]>((shown, message) => shownAfter(shown, message), this.shown).map(asRead));
      await this.#begun(open);
    } catch (thrown) {
      this.problem = Problem.of(thrown);
    }
  }

  async #look(): Promise<void> {
    if (this.#asking || this.#cursor === null) return;
    this.#asking = true;
    try {
      await this.#readOn(this.#cursor);
      await this.#readAgain();
      this.problem = null;
      if (this.readsAtOnce && !document.hidden) await this.read();
    } catch (thrown) {
      this.problem = Problem.of(thrown);
    } finally {
      this.#asking = false;
    }
  }

  async #readOn(after: number): Promise<void> {
    const { events, next } = await feed(this.line.connector, after);
    let shown = this.shown;
    for (const item of events) {
      const message = object(item.message);
      if (text(object(message.header).channelSessionId) !== this.#session) continue;
      shown = shownAfter(shown, message, item.status, item.sequence);
      if (text(object(message.body).notificationType) === 'CHANNEL_SESSION_ENDED') this.over = true;
    }
    this.#cursor = events.at(-1)?.sequence ?? next ?? after;
    if (shown !== this.shown) this.#show(shown);
  }

  /** What was on its way when it was last looked at. */
  async #readAgain(): Promise<void> {
    const pending = this.shown.filter((one): one is Said => isSaid(one) && one.outcome === 'PENDING' && one.sequence !== null);
    const first = pending[0]?.sequence;
    if (first == null) return;
    const { events } = await feed(this.line.connector, first - 1);
    const now = new Map(events.map(({ sequence, status }) => [sequence, status]));
    for (const one of pending) {
      const outcome = now.get(one.sequence ?? 0);
      if (outcome && outcome !== one.outcome) this.#change(one.id, { outcome });
    }
  }

  #change(id: string, what: Partial<Said>): void {
    this.#show(changed(this.shown, id, () => what));
  }

  #show(shown: Shown[]): void {
    this.shown = shown;
    for (const go of this.#waiting.splice(0)) go();
  }
}

/** What stood on the screen before was read before. */
const asRead = (one: Shown): Shown => (isSaid(one) ? { ...one, read: true } : one);

async function feed(connector: string, after: number): Promise<Schema['Feed']> {
  const query = { after: String(after), limit: PAGE };
  return body(api.GET('/ccm/channel-connectors/{id}/events', { params: { path: { id: connector }, query } }));
}

/** The place in the log before everything of a conversation. */
async function beginning(conversation: string): Promise<number> {
  const params = { path: { id: conversation }, query: { limit: '1' } };
  const { events } = await body(api.GET('/conversation-manager/conversations/{id}/events', { params }));
  return Math.max((events[0]?.sequence ?? 1) - 1, 0);
}

async function openSession(line: say.Line, address: string): Promise<Schema['OpenSession'] | null> {
  for (let after: string | undefined; ; ) {
    const query = { limit: PAGE, ...(after ? { after } : {}) };
    const page = await body(api.GET('/ccm/channel-connectors/{id}/sessions', { params: { path: { id: line.connector }, query } }));
    const found = page.sessions.find(
      ({ channelData }) => channelData.channelCustomerIdentifier === address && channelData.serviceIdentifier === line.service,
    );
    if (found) return found;
    if (!page.next) return null;
    after = page.next;
  }
}
