// Languages: which one is spoken, what is said in it, and how times and sizes are written.

import type { Reason } from './wire';
import { type Dictionary, type Spoken, en } from './words/en';

export type WordKey = keyof Dictionary;

/** English comes with the script; the others are fetched when they are wished for. */
const FETCHED = ['ar', 'ur'];
const RIGHT_TO_LEFT = ['ar', 'ur'];

const MINUTE_SECS = 60;
const HOUR_SECS = 60 * MINUTE_SECS;
const KIB = 1024;

/** The first of the wishes that is spoken here, else English; with the country a later wish adds to it. */
export function chosen(...wishes: (string | null | undefined)[]): string {
  const tags = wishes.flatMap((wish) => wish?.replace('_', '-') || []);
  const first = tags.find((tag) => codeOf(tag) === 'en' || FETCHED.includes(codeOf(tag))) ?? 'en';
  return tags.find((tag) => tag.startsWith(`${first}-`)) ?? first;
}

export function codeOf(tag: string): string {
  return tag.split(/[-_]/)[0]!.toLowerCase();
}

export class Language {
  /** As it was asked for, such as `ar-EG`. */
  readonly tag: string;
  /** What is spoken, such as `ar`. */
  readonly code: string;
  readonly direction: 'ltr' | 'rtl';
  readonly #words: Spoken;

  constructor(tag: string, words: Spoken) {
    this.tag = tag;
    this.code = codeOf(tag);
    this.direction = RIGHT_TO_LEFT.includes(this.code) ? 'rtl' : 'ltr';
    this.#words = words;
  }

  /** A language from [`chosen`]. Where its words cannot be had, English is spoken. */
  static async learn(tag: string, hub: URL): Promise<Language> {
    if (codeOf(tag) === 'en') return new Language(tag, en);
    try {
      const answer = await fetch(new URL(`widget/${codeOf(tag)}.json`, hub), { credentials: 'omit' });
      return new Language(tag, { ...en, ...((await answer.json()) as Spoken) });
    } catch {
      return new Language('en', en);
    }
  }

  say(key: WordKey, put: Record<string, string | number> = {}): string {
    return filled(this.#words[key], put);
  }

  /** What the hub said; in its own words where this language has none for it. */
  reason({ words, code, put }: Reason): string {
    const sentence = this.#words.reasons?.[code];
    return sentence ? filled(sentence, put) : words;
  }

  count(number: number): string {
    return new Intl.NumberFormat(this.tag).format(number);
  }

  timeOfDay(at: number): string {
    return this.#date(at, { hour: 'numeric', minute: '2-digit' });
  }

  /** A day, such as `Tuesday, 24 September`, or today. */
  day(at: number, now: number): string {
    const today = new Date(at).toDateString() === new Date(now).toDateString();
    return today ? this.say('today') : this.#date(at, { weekday: 'long', day: 'numeric', month: 'long' });
  }

  moment(at: number): string {
    return this.#date(at, { weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' });
  }

  /** A time somebody waits, in whole minutes or hours. */
  span(secs: number): string {
    const [unit, length] = secs < HOUR_SECS ? (['minute', MINUTE_SECS] as const) : (['hour', HOUR_SECS] as const);
    const number = Math.max(1, Math.round(secs / length));
    return new Intl.NumberFormat(this.tag, { style: 'unit', unit, unitDisplay: 'long' }).format(number);
  }

  size(bytes: number): string {
    const [unit, length] = bytes < KIB * KIB ? (['kilobyte', KIB] as const) : (['megabyte', KIB * KIB] as const);
    const number = bytes < KIB * KIB ? Math.ceil(bytes / length) : bytes / length;
    return new Intl.NumberFormat(this.tag, { style: 'unit', unit, maximumFractionDigits: 1 }).format(number);
  }

  #date(at: number, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.tag, options).format(at);
  }
}

function filled(sentence: string, put: Record<string, unknown>): string {
  return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => String(put[name] ?? hole));
}
