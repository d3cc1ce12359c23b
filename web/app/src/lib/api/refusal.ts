/**
 * What the hub says when it refuses something or explains a wait, as it is shown: in the reader's language, by the code it
 * sends with its English sentence (`docs/reasons.md` lists them).
 */

import { baseLocale, getLocale } from '$lib/paraglide/runtime';

/** A sentence by its code, with what is put into it. */
export interface Why {
  code: string;
  values?: Record<string, unknown>;
}

/** What the hub said: in English, and by a code where it is one of its sentences. */
export interface Said {
  words: string;
  why?: Why | null;
}

/** The hub's sentences in another language. */
export interface Language {
  reasons: Record<string, string>;
  /** By the code of an HTTP error that says all there is to say. */
  whole: Record<string, string>;
  /** By the code of one behind which the hub's own words are wanted. */
  leads: Record<string, string>;
  /** The registry's nouns, which are values of `kind`. */
  kinds: Record<string, string>;
}

const LANGUAGES: Record<string, () => Promise<{ default: Language }>> = {
  ar: () => import('../../../messages/reasons/ar.json'),
  ur: () => import('../../../messages/reasons/ur.json'),
};

/** The hub speaks English. What it says in another language is loaded for those who read it; until then its own words do. */
let other: Language | null = null;
if (getLocale() !== baseLocale) LANGUAGES[getLocale()]?.().then((loaded) => (other = loaded.default), () => undefined);

/** What the hub said, in the reader's language; the `code` of an HTTP error helps where it is not known. */
export function reworded(said: Said, code = ''): string {
  return other ? translated(said, code, other) : said.words;
}

/** Whether the reader reads what the hub says. */
export const readsHub = (): boolean => other === null;

/** The hub's sentence in a language; where it is not known, what its HTTP code says, and its own words. */
export function translated({ words, why }: Said, code: string, language: Language): string {
  const sentence = why && language.reasons[why.code];
  if (sentence) return filled(sentence, why.values ?? {}, language);
  const whole = language.whole[code];
  if (whole) return whole;
  const lead = language.leads[code];
  return lead ? `${lead}: ${isolated(words)}` : isolated(words);
}

function filled(sentence: string, values: Record<string, unknown>, { kinds }: Language): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(values[name] ?? '');
    return isolated(name === 'kind' ? (kinds[value] ?? value) : value);
  });
}

/** A text amid one that may run the other way. */
export function isolated(words: string): string {
  return words && `\u2068${words}\u2069`;
}
