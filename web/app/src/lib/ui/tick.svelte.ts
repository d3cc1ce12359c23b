/** The time, for whatever counts: once a second, and only while somebody looks. */

import { createSubscriber } from 'svelte/reactivity';

const EVERY_MS = 1000;

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, EVERY_MS);
  document.addEventListener('visibilitychange', update);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', update);
  };
});

export const tick = {
  get now(): number {
    subscribe();
    return Date.now();
  },
};
