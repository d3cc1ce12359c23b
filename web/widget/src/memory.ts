// What outlasts the page: the running chat, shared by all tabs of the site, and how the customer likes his widget. Where a
// browser keeps nothing, everything works until the page is left.

import type { Kept } from './chat';
import { type Answer, type Body, freshId, list, members, number, text } from './wire';

export interface Taste {
  silent: boolean;
  /** Steps of text size, from 0. */
  size: number;
}

export class Memory {
  readonly #chat: string;
  readonly #draft: string;
  readonly #taste = 'tieline:taste';
  readonly #visitor = 'tieline:visitor';

  constructor(service: string) {
    this.#chat = `tieline:chat:${service}`;
    this.#draft = `tieline:draft:${service}`;
  }

  chat(): Kept | null {
    const kept = members(load(this.#chat));
    const { identifier, form, answers } = members(kept.visitor);
    if (!text(identifier)) return null;
    return {
      visitor: { identifier: text(identifier), form: text(form) || null, answers: list(answers) as Answer[] },
      conversation: text(kept.conversation) || null,
      outbox: list(kept.outbox).map((one) => {
        const { id, body, at } = members(one);
        return { id: text(id), body: members(body) as Body, at: number(at) ?? 0 };
      }),
      read: list(kept.read).map(text),
    };
  }

  keep(chat: Kept | null): void {
    save(this.#chat, chat);
  }

  /** Calls back when another tab has changed what is kept. */
  watch(changed: () => void): () => void {
    const hear = ({ key }: StorageEvent) => {
      if (key === this.#chat) changed();
    };
    addEventListener('storage', hear);
    return () => removeEventListener('storage', hear);
  }

  taste(): Taste {
    const { silent, size } = members(load(this.#taste));
    return { silent: silent === true, size: number(size) ?? 0 };
  }

  like(taste: Taste): void {
    save(this.#taste, taste);
  }

  /** What was typed and not sent, in this tab. */
  draft(): string {
    try {
      return sessionStorage.getItem(this.#draft) ?? '';
    } catch {
      return '';
    }
  }

  keepDraft(draft: string): void {
    try {
      sessionStorage.setItem(this.#draft, draft);
    } catch {
      // Switched off or full: nothing is kept.
    }
  }

  /** Who the customer is when nobody asks him: a number of chance, the same in every chat of this browser. */
  visitor(): string {
    const known = text(load(this.#visitor));
    if (known) return known;
    const fresh = `visitor-${freshId()}`;
    save(this.#visitor, fresh);
    return fresh;
  }
}

function load(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

function save(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Switched off or full: nothing is kept.
  }
}
