/** The chat widget's own script, which pages embed: here to show it while it is being set up. */

import { Problem } from '$lib/api/problem';
import type { Values } from './path';

const NAME = 'tieline-chat';
const SCRIPT = '/widget.js';

export interface Chat extends HTMLElement {
  /** As in the registry; shown in place of what is kept there. */
  settings: Values;
  open(): void;
}

let loading: Promise<void> | null = null;

/** Has the element defined. When the script does not come, another call tries again. */
export function defined(): Promise<void> {
  if (customElements.get(NAME)) return Promise.resolve();
  loading ??= new Promise<void>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = SCRIPT;
    script.onload = () => resolve();
    script.onerror = () => {
      script.remove();
      loading = null;
      reject(Problem.offline());
    };
    document.head.append(script);
  });
  return loading;
}
