// A text as pieces to paint: links, and the few marks people and bots use. It stays text: nothing here becomes markup.

export type Piece =
  | { is: 'plain' | 'strong' | 'em' | 'code'; text: string }
  | { is: 'link'; text: string; href: string };

const LINK = String.raw`https?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]}*_\u0600-\u0605\u060c\u061b\u061f\u06d4]`;
const NAMED = String.raw`\[(?<name>[^\[\]\n]+)\]\((?<target>https?:\/\/[^\s()]+)\)`;
const MAIL = String.raw`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`;
const MARKS = [
  // One star as in chat applications, two as in Markdown.
  String.raw`\*\*(?<strong>[^*\n]+)\*\*`,
  String.raw`(?<![\w*])\*(?<star>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])`,
  String.raw`(?<!\w)_(?<line>[^\s_](?:[^_\n]*[^\s_])?)_(?!\w)`,
  String.raw`${'`'}(?<code>[^${'`'}\n]+)${'`'}`,
];
const LINKS = [`(?<link>${LINK})`, `(?<mail>${MAIL})`];
const IN_TEXTS = new RegExp(LINKS.join('|'), 'gu');
const IN_MARKDOWN = new RegExp([NAMED, ...LINKS, ...MARKS].join('|'), 'gu');

/** `marked` says that marks mean something: what customers type stays as they typed it. */
export function pieces(text: string, marked: boolean): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(marked ? IN_MARKDOWN : IN_TEXTS)) {
    if (match.index > end) found.push({ is: 'plain', text: text.slice(end, match.index) });
    found.push(piece(match));
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ is: 'plain', text: text.slice(end) });
  return found;
}

function piece({ 0: whole, groups = {} }: RegExpMatchArray): Piece {
  const { name, target, link, mail, strong, star, line, code } = groups;
  if (name && target) return { is: 'link', text: name, href: target };
  if (link) return { is: 'link', text: link, href: link };
  if (mail) return { is: 'link', text: mail, href: `mailto:${mail}` };
  if (strong || star) return { is: 'strong', text: strong ?? star ?? whole };
  if (line) return { is: 'em', text: line };
  return { is: 'code', text: code ?? whole };
}
