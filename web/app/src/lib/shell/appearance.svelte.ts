/** Light or dark, and the language. Both are set before the first paint by `static/appearance.js`. */

import { m } from '$lib/paraglide/messages';
import { getLocale, getTextDirection, locales, setLocale } from '$lib/paraglide/runtime';

export type Theme = 'light' | 'dark' | 'system';
export type Locale = (typeof locales)[number];

/** Languages by their own names. */
export const LANGUAGES: Record<Locale, string> = { en: 'English', ar: 'العربية', ur: 'اردو' };

const KEY = 'theme';
const system = matchMedia('(prefers-color-scheme: dark)');

class Appearance {
  theme: Theme = $state((localStorage.getItem(KEY) as Theme | null) ?? 'system');

  start(): void {
    document.documentElement.lang = getLocale();
    document.documentElement.dir = getTextDirection(getLocale());
    system.addEventListener('change', () => this.#apply());
    this.#apply();
  }

  choose(theme: Theme): void {
    this.theme = theme;
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
    this.#apply();
  }

  #apply(): void {
    const dark = this.theme === 'system' ? system.matches : this.theme === 'dark';
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  }
}

export const appearance = new Appearance();

export const themes = (): [Theme, string][] => [
  ['light', m.theme_light()],
  ['dark', m.theme_dark()],
  ['system', m.theme_system()],
];

/** Loads the page anew in another language. */
export function speak(locale: Locale): void {
  void setLocale(locale);
}
