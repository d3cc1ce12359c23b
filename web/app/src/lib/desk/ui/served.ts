/** What shows a conversation: a sixth of the desk's script, and of no use before there is one. */

import { updated } from '$app/state';
import { Problem } from '$lib/api/problem';
import { Lookup } from '../lookup.svelte';

type Served = typeof import('./Served.svelte').default;

export const served = new Lookup<Served | null>(null, async () => {
  try {
    return (await import('./Served.svelte')).default;
  } catch {
    // A hub that was upgraded meanwhile has other files: what is written is kept, and there after a reload.
    if (await updated.check()) location.reload();
    throw Problem.offline();
  }
});
