/** What is chosen on a page is in its address: it can be kept, sent on and gone back to. */

import { goto } from '$app/navigation';
import { page } from '$app/state';

export function chosen(key: string, fallback = ''): string {
  return page.url.searchParams.get(key) ?? fallback;
}

/** One of some words; whatever else the address holds counts as the first. */
export function chosenOf<T extends string>(key: string, words: readonly [T, ...T[]] | T[]): T {
  return words.find((word) => word === page.url.searchParams.get(key)) ?? (words[0] as T);
}

/** An empty choice is none. */
export function choose(choices: Record<string, string>): void {
  const url = new URL(page.url);
  for (const [key, value] of Object.entries(choices)) {
    if (value) url.searchParams.set(key, value);
    else url.searchParams.delete(key);
  }
  void goto(url, { replaceState: true, keepFocus: true, noScroll: true });
}
