// Packets of the socket the hub speaks (Socket.IO, revision 5), as far as a page needs them: one namespace, texts only.

export type Packet =
  | { is: 'opened' }
  | { is: 'refused'; why: string }
  | { is: 'closed' }
  | { is: 'event'; name: string; argument: unknown }
  | { is: 'answer'; to: number; argument: unknown };

const OPEN = 0;
const CLOSE = 1;
const EVENT = 2;
const ANSWER = 3;
const REFUSE = 4;

/** The first packet of a page, which says who it is. */
export const opening = (who: object): string => OPEN + JSON.stringify(who);

/** The last one. */
export const CLOSING = `${CLOSE}`;

/** Something a page says; under a number, when an answer is wanted. */
export const event = (name: string, argument: unknown, number: number | '' = ''): string => EVENT + `${number}` + JSON.stringify([name, argument]);

/** A packet of the hub's; `null` when it is none that means anything here. */
export function read(text: string): Packet | null {
  const [, kind, number, rest] = /^(\d)(\d*)(.*)$/s.exec(text) ?? [];
  const content = parsed(rest);
  switch (Number(kind)) {
    case OPEN:
      return { is: 'opened' };
    case CLOSE:
      return { is: 'closed' };
    case EVENT:
      return Array.isArray(content) ? { is: 'event', name: String(content[0]), argument: content[1] } : null;
    case ANSWER:
      return Array.isArray(content) ? { is: 'answer', to: Number(number), argument: content[0] } : null;
    case REFUSE:
      return { is: 'refused', why: String((content as { message?: unknown } | null)?.message ?? '') };
    default:
      return null;
  }
}

function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json || 'null');
  } catch {
    return null;
  }
}
