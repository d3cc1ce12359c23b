/** What the hub says when it refuses something, as it is shown: in the reader's language as far as that is known. */

import { baseLocale, getLocale } from '$lib/paraglide/runtime';

/** The hub speaks English. What it says in other languages is loaded for those who read one; until then its own words do. */
let others: typeof import('./refusals') | null = null;
if (getLocale() !== baseLocale) import('./refusals').then((loaded) => (others = loaded), () => undefined);

/** A refusal's words in the reader's language; `code` helps where the words are not known. */
export function reworded(words: string, code = ''): string {
  return others ? others.reworded(words, code, getLocale()) : words;
}

/** Whether the reader reads what the hub says. */
export const readsHub = (): boolean => others === null;
