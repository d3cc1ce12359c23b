/**
 * What the keyboard does. A shortcut is one key, or two pressed one after the other ("g c"); it is there while the
 * component that has it is, and is listed in the help sheet as long.
 */

import { onDestroy } from 'svelte';

export interface Shortcut {
  /** `?`, `/`, `g c`, `mod+Enter`. */
  keys: string;
  label: string;
  run: () => void;
  /** Works everywhere rather than on this page alone. */
  everywhere?: boolean;
}

/** How long the second key may take. */
const SECOND_KEY_MS = 1200;

class Shortcuts {
  active: Shortcut[] = $state.raw([]);
  sheetOpen = $state(false);
  /** What `active` shows. What cleans up after an effect would read there what was before the effect. */
  #all: Shortcut[] = [];
  #first: { key: string; at: number } | null = null;

  add(added: Shortcut[]): () => void {
    this.#show([...this.#all, ...added]);
    return () => this.#show(this.#all.filter((shortcut) => !added.includes(shortcut)));
  }

  #show(all: Shortcut[]): void {
    this.#all = all;
    this.active = all;
  }

  pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const modified = event.ctrlKey || event.metaKey;
    if (event.altKey || (!modified && isTyping(event.target))) return;
    const key = modified ? `mod+${event.key}` : event.key;
    const now = Date.now();
    const both = this.#first && now - this.#first.at < SECOND_KEY_MS ? `${this.#first.key} ${key}` : null;
    const found =
      (both && this.active.findLast((shortcut) => shortcut.keys === both)) ||
      this.active.findLast((shortcut) => shortcut.keys === key);
    this.#first = found ? null : { key, at: now };
    if (found) {
      event.preventDefault();
      found.run();
    }
  };
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || !!target.closest('[role="dialog"],[role="menu"],[role="listbox"]');
}

export const shortcuts = new Shortcuts();

/** Has shortcuts as long as the component is there. */
export function useShortcuts(added: Shortcut[]): void {
  onDestroy(shortcuts.add(added));
}
