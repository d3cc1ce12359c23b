/** What goes wrong when the hub is asked: its one shape of errors, or that it was not reached. */

import { m } from '$lib/paraglide/messages';

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

  constructor(status: number, body: ErrorBody) {
    super(sentence(body.message ?? m.failed()));
    this.status = status;
    this.code = body.code ?? '';
    this.description = body.description ?? '';
    this.field = body.field;
    this.conflict = body.conflict;
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
    // The hub says where before it says what; beside the very field only the latter is news.
    const text = this.message.toLowerCase().startsWith(`${field.toLowerCase()}: `) ? sentence(this.message.slice(field.length + 2)) : this.message;
    return this.description && this.description !== FIELD_HINT ? `${text}. ${this.description}` : `${text}.`;
  }
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
