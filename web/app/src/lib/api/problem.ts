/** What goes wrong when the hub is asked: its one shape of errors, or that it was not reached. */

import { m } from '$lib/paraglide/messages';
import { isolated, readsHub, reworded, type Why } from './refusal';

export interface InTheWay {
  kind: string;
  id: string;
  name: string;
}

interface ErrorBody {
  message?: string;
  description?: string;
  code?: string;
  field?: string;
  conflict?: InTheWay;
  why?: Why;
}

/** Says nothing beside the field it is about. */
const FIELD_HINT = 'Correct this field and send it again.';

export class Problem extends Error {
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** For programs: finer than the status. */
  readonly code: string;
  /** What to do about it. */
  readonly description: string;
  /** The member of what was sent that is at fault. */
  readonly field: string | undefined;
  readonly conflict: InTheWay | undefined;
  /** As it came. */
  readonly #body: ErrorBody;

  constructor(status: number, body: ErrorBody) {
    // What is said here is said in the reader's language already.
    const isHubs = status !== 0 && body.message !== undefined;
    const message = body.message ?? m.failed();
    super(sentence(isHubs ? inWords(message, body) : message));
    this.status = status;
    this.code = body.code ?? '';
    this.description = isHubs && !readsHub() ? '' : (body.description ?? '');
    this.field = body.field;
    this.conflict = body.conflict;
    this.#body = body;
  }

  static offline(): Problem {
    return new Problem(0, { code: 'offline', message: m.offline(), description: m.offline_hint() });
  }

  /** Whatever was thrown, as a problem to show. */
  static of(thrown: unknown): Problem {
    if (thrown instanceof Problem) return thrown;
    console.error(thrown);
    return new Problem(0, { code: 'internal' });
  }

  /** What to show beside a field, if this is about it or something inside it. */
  at(field: string): string | undefined {
    const named = this.field;
    const inside = named?.startsWith(`${field}.`) || named?.startsWith(`${field}[`);
    if (named !== field && !inside) return undefined;
    const { message: words = this.message, description = '', code, conflict, why } = this.#body;
    if (conflict && why?.code === 'taken') return m.taken_by({ name: conflict.name });
    // The hub says where before it says what; beside the field only the latter is news.
    const where = [field, named ?? field].find((path) => words.toLowerCase().startsWith(`${path.toLowerCase()}: `));
    const news = where === undefined ? words : words.slice(where.length + 2);
    if (this.status !== 0 && !readsHub()) return reworded({ words: news, why }, code);
    return description && description !== FIELD_HINT ? `${sentence(news)}. ${description}` : `${sentence(news)}.`;
  }

  /** The same, as if what is inside a part of what was sent had been sent alone; null when it is not about that part. */
  inside(part: string): Problem | null {
    const field = this.field?.startsWith(`${part}.`) ? this.field.slice(part.length + 1) : null;
    return field === null ? null : new Problem(this.status, { ...this.#body, field });
  }
}

/** The hub's message in the reader's language. Of a value, the hub says where it is before it says what is wrong with it. */
function inWords(words: string, { code, field = '', why }: ErrorBody): string {
  const said = reworded({ words, why }, code);
  return !readsHub() && why && words.startsWith(`${field}: `) ? `${isolated(field)}: ${said}` : said;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
