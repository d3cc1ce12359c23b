// What people write, as spans to show. There is no way from here to markup: HTML stays the text it is, and a link
// leads where it says and nowhere else.

import { Lexer, type Token, type Tokens } from 'marked';

export type Span =
  | { is: 'text'; text: string }
  | { is: 'break' }
  | { is: 'strong' | 'em' | 'struck'; spans: Span[] }
  | { is: 'code'; text: string }
  | { is: 'link'; href: string; text: string };

const SCHEMES = ['http:', 'https:', 'mailto:', 'tel:'];
/** Longer texts are shown as they are. */
const FORMATTED_CHARS_MAX = 20_000;

/** Light formatting as chat applications have it: `*bold*`, `_italic_`, `~struck~`, code, and links. */
export function spans(written: string): Span[] {
  if (written.length > FORMATTED_CHARS_MAX) return lines(written);
  return written.split('\n').flatMap((line, index) => {
    const shown = merged(Lexer.lexInline(line, { gfm: true }).flatMap(span));
    return index === 0 ? shown : [{ is: 'break' } as Span, ...shown];
  });
}

function span(token: Token): Span[] {
  const inside = () => merged(((token as Tokens.Strong).tokens ?? []).flatMap(span));
  switch (token.type) {
    case 'strong':
      return [{ is: 'strong', spans: inside() }];
    case 'em':
      return [{ is: token.raw.startsWith('*') ? 'strong' : 'em', spans: inside() }];
    case 'del':
      return [{ is: 'struck', spans: inside() }];
    case 'codespan':
      return [{ is: 'code', text: token.raw.replace(/^`+|`+$/g, '') }];
    case 'link': {
      const href = safeHref((token as Tokens.Link).href);
      return href ? [{ is: 'link', href, text: plain(token) }] : [{ is: 'text', text: token.raw }];
    }
    case 'escape':
      return [{ is: 'text', text: (token as Tokens.Escape).text }];
    default:
      return [{ is: 'text', text: token.raw }];
  }
}

/** A link's words. Where they look like an address, they are the address it leads to. */
function plain(token: Token): string {
  const { text, href, raw } = token as Tokens.Link;
  const claims = /^\s*(https?:|www\.)|\w\.\w{2,}/i.test(text);
  return claims && raw.startsWith('[') && text !== href ? `${text} (${href})` : text;
}

/** An address that may be opened, or null. */
export function safeHref(href: unknown): string | null {
  if (typeof href !== 'string') return null;
  try {
    const url = new URL(href.trim());
    return SCHEMES.includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A file's address: the hub's own, or one on the web. */
export function safeMedia(href: unknown): string | null {
  if (typeof href !== 'string' || href.trim() === '') return null;
  if (/^\/(?![/\\])/.test(href)) return href;
  const safe = safeHref(href);
  return safe && /^https?:/.test(safe) ? safe : null;
}

function lines(written: string): Span[] {
  return written
    .split('\n')
    .flatMap((line, index): Span[] => [...(index ? [{ is: 'break' as const }] : []), { is: 'text', text: line }]);
}

function merged(all: Span[]): Span[] {
  const found: Span[] = [];
  for (const one of all) {
    const last = found.at(-1);
    if (one.is === 'text' && last?.is === 'text') found[found.length - 1] = { is: 'text', text: last.text + one.text };
    else found.push(one);
  }
  return found;
}

/** The words alone, in one line: for lists, quotes and notifications. */
export function words(written: string): string {
  const told = (all: Span[]): string =>
    all.map((one) => ('spans' in one ? told(one.spans) : one.is === 'break' ? ' ' : one.text)).join('');
  return told(spans(written.slice(0, 400))).replace(/\s+/g, ' ').trim();
}
