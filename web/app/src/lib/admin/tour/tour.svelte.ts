/**
 * The first steps of somebody new: connect a channel, open the desk, let a customer write, see what happened. What was done
 * is remembered for each person in his browser; that there is a channel, the hub knows.
 */

import { catalogue } from '$lib/admin/catalogue.svelte';
import { list, object } from '$lib/desk/read';
import { remember, remembered } from '$lib/session/remembered';

export const STEPS = ['channel', 'desk', 'message', 'inspect'] as const;
export type Step = (typeof STEPS)[number];

const KEPT = 'tour';

/** Offered to who is new; begun, and told on every page; or put away, for now or because it is finished. */
type State = 'offered' | 'begun' | 'away';
const STATES: State[] = ['offered', 'begun', 'away'];

interface Kept {
  done: Step[];
  state: State;
}

class Tour {
  #kept: Kept | null = $state(null);

  /** What was kept is under the person's name, so it is read once he is known. */
  open(): void {
    this.#kept = remembered(KEPT, (kept) => ({
      done: STEPS.filter((step) => list(object(kept).done).includes(step)),
      state: STATES.find((state) => state === object(kept).state) ?? 'offered',
    }));
  }

  isDone(step: Step): boolean {
    if (step === 'channel') return catalogue.of('channels').rows.length > 0;
    return this.#kept?.done.includes(step) ?? false;
  }

  /** The step that comes next; `null` when all were taken. */
  get next(): Step | null {
    return STEPS.find((step) => !this.isDone(step)) ?? null;
  }

  get state(): State {
    return this.#kept?.state ?? 'away';
  }

  did(step: Step): void {
    if (this.#kept && !this.#kept.done.includes(step)) this.#keep({ ...this.#kept, done: [...this.#kept.done, step] });
  }

  putAway = (): void => this.#keep({ done: this.#kept?.done ?? [], state: 'away' });

  /** Goes on where it was left; from the beginning, if it had come to its end. */
  begin = (): void => this.#keep({ done: this.next === null ? [] : (this.#kept?.done ?? []), state: 'begun' });

  #keep(kept: Kept): void {
    this.#kept = kept;
    remember(KEPT, kept);
  }
}

export const tour = new Tour();
