// What the script does on a page: defines the element, puts one there when its tag says which widget, and leaves one small
// object to talk to it.

import { type Customer, TielineChat } from './element';

const NAME = 'tieline-chat';
/** Attributes of the script's tag (`data-…`) that the element is given. */
const PASSED = ['widget', 'service', 'language', 'position', 'color-scheme', 'identifier-field'];

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;

function place(script: HTMLScriptElement): void {
  const element = document.createElement(NAME);
  element.setAttribute('hub', new URL('.', script.src).href);
  for (const name of PASSED) {
    const value = script.getAttribute(`data-${name}`);
    if (value !== null) element.setAttribute(name, value);
  }
  document.body.append(element);
}

function present(): TielineChat | null {
  return document.querySelector<TielineChat>(NAME);
}

if (!customElements.get(NAME)) {
  customElements.define(NAME, TielineChat);
  const api = {
    open: () => present()?.open(),
    close: () => present()?.close(),
    identify: (customer: Customer) => present()?.identify(customer),
    setLanguage: (language: string) => present()?.setLanguage(language),
  };
  Object.defineProperty(window, 'TielineChat', { value: Object.freeze(api) });
  if (script?.dataset.widget) {
    if (document.body) place(script);
    else addEventListener('DOMContentLoaded', () => place(script), { once: true });
  }
}
