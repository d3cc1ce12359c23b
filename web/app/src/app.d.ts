import type { Problem } from '$lib/api/problem';

// Types SvelteKit looks for.
declare global {
  namespace App {
    interface Error {
      /** What went wrong, when it is more than an address that leads nowhere. */
      problem?: Problem;
    }
  }
}

export {};
