import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  kit: {
    adapter: adapter({ pages: '../dist/app', assets: '../dist/app', fallback: 'index.html' }),
    paths: { base: '/app', relative: false },
    inlineStyleThreshold: 0,
    // A page left open over an upgrade is loaded anew at its next navigation.
    version: { pollInterval: 0 },
  },
};
