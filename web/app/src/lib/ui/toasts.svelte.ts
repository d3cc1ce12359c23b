/** Short news that passes by itself, read out by screen readers. */

export interface Toast {
  id: number;
  tone: 'good' | 'danger' | 'neutral';
  text: string;
}

const SHOWN_MS = 5000;
/** What went wrong is read more slowly. */
const SHOWN_MS_BAD = 10_000;

class Toasts {
  shown: Toast[] = $state([]);
  #made = 0;

  say(text: string, tone: Toast['tone'] = 'neutral'): void {
    // Said again, it is the same news.
    this.shown = this.shown.filter((toast) => toast.text !== text);
    const id = (this.#made += 1);
    this.shown.push({ id, tone, text });
    setTimeout(() => this.dismiss(id), tone === 'danger' ? SHOWN_MS_BAD : SHOWN_MS);
  }

  good = (text: string): void => this.say(text, 'good');
  bad = (text: string): void => this.say(text, 'danger');

  dismiss(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
