/** Scripts: what a played customer does, a line at a time. */

export type Step =
  | { is: 'write'; text: string }
  | { is: 'pause'; seconds: number }
  | { is: 'wait'; for: 'answer' | 'agent' }
  | { is: 'press'; title: string }
  | { is: 'location'; latitude: number; longitude: number; name: string }
  | { is: 'contact'; name: string; phone: string }
  | { is: 'file'; kind: 'image' | 'text'; name: string }
  | { is: 'type'; seconds: number }
  | { is: 'read' }
  | { is: 'end' };

export interface Line {
  /** From 1, as in the editor. */
  number: number;
  text: string;
  step: Step | null;
}

export const PAUSE_SECS_MAX = 600;
export const LINES_MAX = 200;

type Made = Step | null;
const seconds = (text: string): number | null => {
  const read = Number(text);
  return text !== '' && read >= 0 && read <= PAUSE_SECS_MAX ? read : null;
};

/** Each command: how it begins, how it is written, and the step it makes of what follows; null for what does not fit. */
const COMMANDS: [begins: string, example: string, read: (rest: string) => Made][] = [
  ['write', 'write Hello, my router keeps restarting', (text) => (text ? { is: 'write', text } : null)],
  ['pause', 'pause 5', (rest) => timed('pause', rest)],
  ['type', 'type 3', (rest) => timed('type', rest)],
  ['wait for an answer', 'wait for an answer', (rest) => (rest ? null : { is: 'wait', for: 'answer' })],
  ['wait for an agent', 'wait for an agent', (rest) => (rest ? null : { is: 'wait', for: 'agent' })],
  ['press', 'press Yes', (title) => (title ? { is: 'press', title } : null)],
  ['send location', 'send location 52.52, 13.405 Our shop', location],
  ['send contact', 'send contact +49 30 555010 Mira Vogt', contact],
  ['send image', 'send image', (name) => ({ is: 'file', kind: 'image', name })],
  ['send file', 'send file bill.pdf', (name) => ({ is: 'file', kind: 'text', name })],
  ['read', 'read', (rest) => (rest ? null : { is: 'read' })],
  ['end', 'end', (rest) => (rest ? null : { is: 'end' })],
];

/** How each command is written. */
export const EXAMPLES: string[] = COMMANDS.map(([, example]) => example);

/** The lines that do something: not the empty ones, nor those that begin with `#`. */
export function readScript(script: string): Line[] {
  return script
    .split('\n')
    .map((line, place) => ({ number: place + 1, text: line.trim() }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'))
    .map((line) => ({ ...line, step: stepOf(line.text) }));
}

/** The line that is at fault, if any: one that is not understood, or one too many. */
export function faultOf(lines: Line[]): Line | null {
  return lines.find(({ step }) => step === null) ?? lines[LINES_MAX] ?? null;
}

function stepOf(text: string): Made {
  for (const [begins, , read] of COMMANDS) {
    const rest = text.slice(begins.length);
    if (text.toLowerCase().startsWith(begins) && (rest === '' || rest.startsWith(' '))) return read(rest.trim());
  }
  return null;
}

function timed(is: 'pause' | 'type', rest: string): Made {
  const read = seconds(rest);
  return read === null ? null : { is, seconds: read };
}

function location(rest: string): Made {
  const found = /^(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)(?:\s+(.*))?$/.exec(rest);
  if (!found) return null;
  const [latitude, longitude] = [Number(found[1]), Number(found[2])];
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  return { is: 'location', latitude, longitude, name: found[3] ?? '' };
}

function contact(rest: string): Made {
  const found = /^(\+?\d[\d\s()-]*\d)\s+(\D.*)$/.exec(rest);
  return found ? { is: 'contact', phone: (found[1] ?? '').trim(), name: (found[2] ?? '').trim() } : null;
}
