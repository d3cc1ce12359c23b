/** What somebody's browser remembers for him. Where it has no room or no leave to, everything goes on without. */

import { session } from './session.svelte';

const keyOf = (what: string): string => `tieline.${what}.${session.person?.id ?? ''}`;

/** What was remembered, if it still is what `read` understands. */
export function remembered<T>(what: string, read: (kept: unknown) => T): T {
  try {
    return read(JSON.parse(localStorage.getItem(keyOf(what)) ?? 'null'));
  } catch {
    return read(null);
  }
}

export function remember(what: string, value: unknown): void {
  try {
    localStorage.setItem(keyOf(what), JSON.stringify(value));
  } catch {
    return;
  }
}
