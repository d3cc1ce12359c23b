import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

/** The hub that `npm run dev` shows; its API is reached through the development server. */
const HUB = process.env.TIELINE_URL ?? 'http://127.0.0.1:8080';
const API = /^\/(auth|ccm|unified-admin|routing-engine|conversation-manager|conversation-monitor|bot-framework|cim-customer|cim-reporting|audit|file-engine|business-calendar|team-announcement|agent-manager|openapi\.json|docs)/;

export default defineConfig({
  plugins: [
    tailwindcss(),
    sveltekit(),
  ],
  // A text is loaded with the pages that show it, not with all others: the list of them does nothing by itself.
  build: { rolldownOptions: { treeshake: { moduleSideEffects: [{ test: /\/lib\/paraglide\/messages/, sideEffects: false }] } } },
  server: { proxy: { [API.source]: { target: HUB, ws: true } } },
  test: { include: ['src/**/*.test.ts'] },
});
