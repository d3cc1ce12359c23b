// The custom element: a place of its own on somebody else's page. Its styles reach nothing of the page's, and the page's
// reach nothing of it.

import { render } from 'preact';
import { Client } from './client';
import { type Rgb, hex, palette } from './colour';
import { Hub, type Setup, Sketch } from './hub';
import { Memory, type Taste } from './memory';
import type { Said } from './message';
import { chime } from './sound';
import { type Ready, Widget } from './ui/Widget';
import css from './style/widget.css?inline';
import type { Members } from './wire';
import { Language, chosen } from './words';

/** What a page may say of its customer: answers by their key in the form, and `identifier`. */
export type Customer = Record<string, string>;

const ACCENT: Rgb = [15, 94, 86];

export class TielineChat extends HTMLElement {
  static readonly observedAttributes = ['language', 'color-scheme', 'position'];

  readonly #root = this.attachShadow({ mode: 'open' });
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  #ready: Ready | null | false = null;
  #isOpen = false;
  #known: Customer = {};
  #taste: Taste = { silent: false, size: 0 };
  #rang: Said | null = null;
  #due = false;
  #settings: Members | null = null;
  #language: Language | null = null;
  /** The language that is being learnt. */
  #wanted = '';

  constructor() {
    super();
    // Taken as an object, a style needs no leave of the page's policy.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    this.#root.adoptedStyleSheets = [sheet];
  }

  connectedCallback(): void {
    this.#dark.addEventListener('change', this.#paint);
    void this.#load();
  }

  disconnectedCallback(): void {
    this.#dark.removeEventListener('change', this.#paint);
    if (this.#ready) this.#ready.client.close();
    this.#ready = null;
    render(null, this.#root);
  }

  attributeChangedCallback(): void {
    this.#paint();
  }

  open(): void {
    this.#turn(true);
  }

  close(): void {
    this.#turn(false);
  }

  /** Says who the customer is, from the next chat on. */
  identify(customer: Customer): void {
    const texts = Object.entries(customer).filter(([, value]) => value !== null && value !== undefined && `${value}`.trim());
    this.#known = Object.fromEntries(texts.map(([key, value]) => [key, `${value}`]));
    this.#paint();
  }

  /** Shows these settings in place of those the hub keeps, for whoever is deciding on them. No chat is led meanwhile. */
  set settings(settings: Members) {
    this.#settings = settings;
    if (this.isConnected) void this.#load();
  }

  setLanguage(language: string): void {
    this.setAttribute('language', language);
  }

  readonly #load = async (): Promise<void> => {
    if (this.#ready) this.#ready.client.close();
    this.#ready = null;
    this.#paint();
    try {
      const hub = this.#settings ? new Sketch(this.#hub(), this.#settings) : new Hub(this.#hub());
      const setup = await hub.setup(this.getAttribute('widget') ?? 'default', this.getAttribute('service'));
      if (!this.isConnected) return;
      const memory = new Memory(setup.service);
      this.#taste = memory.taste();
      const client = new Client(hub, setup, memory, { changed: this.#paint, rang: this.#ring });
      this.#ready = { hub, setup, client, memory };
    } catch {
      this.#ready = false;
    }
    this.#paint();
  };

  readonly #ring = (said: Said): void => {
    if (!this.#taste.silent) chime();
    this.#rang = said;
  };

  readonly #turn = (open: boolean): void => {
    this.#isOpen = open;
    this.#rang = null;
    if (open && this.#ready === false) void this.#load();
    this.#paint();
  };

  readonly #like = (taste: Taste): void => {
    this.#taste = taste;
    if (this.#ready) this.#ready.memory.like(taste);
    this.#paint();
  };

  /** Paints once for all that changes in one go. */
  readonly #paint = (): void => {
    if (this.#due || !this.isConnected) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      if (this.isConnected) this.#paintNow();
    });
  };

  #paintNow(): void {
    const setup = this.#ready ? this.#ready.setup : null;
    const language = this.#speak(setup);
    // Until it is known how the widget looks, there is nothing to show.
    if (!language || this.#ready === null) return;
    this.#colour(setup);
    const wished = this.getAttribute('position');
    const position = wished === 'start' || wished === 'end' ? wished : (setup?.position ?? 'end');
    render(
      <Widget
        language={language}
        position={position}
        isOpen={this.#isOpen}
        ready={this.#ready}
        known={this.#known}
        identifierField={this.getAttribute('identifier-field')}
        turn={this.#turn}
        again={this.#load}
        like={this.#like}
        taste={this.#taste}
        rang={this.#rang}
      />,
      this.#root,
    );
  }

  #hub(): URL {
    return new URL(this.getAttribute('hub') ?? '/', location.href);
  }

  /** The language to speak, once its words are there. */
  #speak(setup: Setup | null): Language | null {
    const wanted = chosen(this.getAttribute('language'), setup?.language, document.documentElement.lang, navigator.language);
    if (wanted !== this.#wanted) {
      this.#wanted = wanted;
      void Language.learn(wanted, this.#hub()).then((language) => {
        if (this.#wanted !== wanted) return;
        this.#language = language;
        this.#paint();
      });
    }
    return this.#language;
  }

  #colour(setup: Setup | null): void {
    const wished = this.getAttribute('color-scheme') ?? setup?.scheme;
    const scheme = wished === 'light' || wished === 'dark' ? wished : this.#dark.matches ? 'dark' : 'light';
    const colours = palette(resolved(setup?.theme ?? '') ?? ACCENT, scheme);
    this.setAttribute('scheme', scheme);
    this.style.setProperty('--accent', colours.accent);
    this.style.setProperty('--on-accent', colours.onAccent);
    this.style.setProperty('--accent-text', colours.accentText);
  }
}

/** Any CSS colour; names of themes are none. */
function resolved(colour: string): Rgb | null {
  if (!CSS.supports('color', colour)) return null;
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return null;
  context.fillStyle = colour;
  return hex(context.fillStyle);
}
