// Types SvelteKit looks for.
declare global {
  namespace App {}
}

export {};
