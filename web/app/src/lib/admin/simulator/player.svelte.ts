/** Has a phone do what a script says, a line after the other, until it is done, stopped, or cannot go on. */

import { Problem } from '$lib/api/problem';
import { m } from '$lib/paraglide/messages';
import { attached, sample } from './attached';
import * as say from './customer';
import type { Phone } from './phone.svelte';
import { isSaid, type Said } from './screen';
import type { Line, Step } from './script';

const SECOND_MS = 1000;

export class Player {
  /** The line that is being played. */
  at: Line | null = $state.raw(null);
  /** Why it could not go on, and where. */
  problem = $state('');
  #stop: AbortController | null = null;

  /** `files` are those a line may name. */
  async play(lines: Line[], phone: Phone, files: File[]): Promise<void> {
    this.stop();
    const stop = new AbortController();
    this.#stop = stop;
    this.problem = '';
    for (const line of lines) {
      if (stop.signal.aborted || !line.step) break;
      this.at = line;
      const wrong = await perform(line.step, phone, files, stop.signal);
      if (wrong !== null && !stop.signal.aborted) {
        this.problem = m.script_stopped({ number: line.number, reason: wrong });
        break;
      }
    }
    if (this.#stop === stop) this.at = null;
  }

  stop = (): void => {
    this.#stop?.abort();
    this.#stop = null;
    this.at = null;
  };
}

/** Does it, and says what is wrong when it cannot be done. */
async function perform(step: Step, phone: Phone, files: File[], signal: AbortSignal): Promise<string | null> {
  switch (step.is) {
    case 'write':
      return taken(phone.write(say.words(step.text)));
    case 'location':
      return taken(phone.write(say.place(step.latitude, step.longitude, step.name)));
    case 'contact':
      return taken(phone.write(say.card(step.name, step.phone)));
    case 'file':
      return send(step.name ? files.find(({ name }) => name.toLowerCase() === step.name.toLowerCase()) : await sample(step.kind), step.name, phone);
    case 'press':
      return press(step.title, phone);
    case 'pause':
      return paused(step.seconds, signal);
    case 'type':
      await phone.typing(true);
      await paused(step.seconds, signal);
      return taken(phone.typing(false));
    case 'wait':
      while (!signal.aborted && !phone.answered(step.for)) await either(phone.happened(), signal);
      return null;
    case 'read':
      await phone.read();
      return null;
    case 'end':
      return taken(phone.end());
  }
}

async function taken(done: Promise<boolean>): Promise<string | null> {
  return (await done) ? null : m.script_refused();
}

async function send(chosen: File | undefined, name: string, phone: Phone): Promise<string | null> {
  if (!chosen) return m.script_no_file({ name });
  try {
    return await taken(phone.write(await attached(chosen)));
  } catch (thrown) {
    return Problem.of(thrown).message;
  }
}

function press(title: string, phone: Phone): Promise<string | null> {
  const wanted = title.toLowerCase();
  const offered = phone.shown.filter((one): one is Said => isSaid(one)).flatMap(({ choices }) => choices);
  const choice = offered.findLast((one) => one.title.toLowerCase() === wanted);
  return choice ? taken(phone.write(say.pressed(choice.title, choice.says))) : Promise.resolve(m.script_no_button({ title }));
}

async function paused(seconds: number, signal: AbortSignal): Promise<null> {
  await either(new Promise<void>((resolve) => setTimeout(resolve, seconds * SECOND_MS)), signal);
  return null;
}

/** Whichever is first: it happened, or it was stopped. */
function either(happened: Promise<void>, signal: AbortSignal): Promise<void> {
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  return Promise.race([happened, stopped]);
}
