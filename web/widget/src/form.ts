// The form before a chat: what it asks, and whether the answers fit. The hub judges them again; here they are judged so
// that the customer reads what is wrong beside the field, in his language.

import type { WordKey } from './words';
import { type Answer, list, members, text } from './wire';

export type Asks =
  | { is: 'line'; input: 'text' | 'email' | 'tel' | 'url' | 'number' | 'date' | 'time' | 'datetime-local' | 'password' }
  | { is: 'paragraph' }
  | { is: 'one' | 'several'; options: string[] }
  | { is: 'points'; from: number; to: number };

export interface Question {
  key: string;
  label: string;
  help: string;
  required: boolean;
  asks: Asks;
  /** Names the pattern a line has to follow. */
  type: string;
}

export interface Form {
  id: string;
  title: string;
  description: string;
  questions: Question[];
}

/** Regular expressions by the type they are for. */
export type Patterns = Record<string, RegExp>;

export type Answers = Record<string, string | string[]>;

/** Characters of an answer, as the hub takes them. */
const LINE_CHARS_MAX = 500;
const PARAGRAPH_CHARS_MAX = 4096;

export function readForm(sent: unknown): Form {
  const form = members(sent);
  const sections = list(form.sections).flatMap((section) => list(members(section).attributes));
  const questions = (sections.length ? sections : list(form.attributes)).map(question).filter((one) => one !== null);
  return { id: text(form.id), title: text(form.formTitle), description: text(form.formDescription), questions };
}

export function readPatterns(sent: unknown): Patterns {
  const patterns: Patterns = {};
  for (const one of list(sent)) {
    const { type, regex } = members(one);
    try {
      patterns[text(type)] = new RegExp(text(regex));
    } catch {
      // A pattern this browser cannot read judges nothing; the hub's own does.
    }
  }
  return patterns;
}

function question(sent: unknown): Question | null {
  const one = members(sent);
  const key = text(one.key);
  const word = text(one.valueType);
  const asks = asked(text(one.attributeType), word.toLowerCase(), members(one.categoryOptions));
  if (!key || !asks) return null;
  const label = text(one.label) || key;
  return { key, label, help: text(one.helpText), required: one.isRequired === true, asks, type: TYPES[word.toLowerCase()] ?? word };
}

/** Pattern names of the words form builders use. */
const TYPES: Record<string, string> = {
  alphanumeric: 'Alphanum100',
  alphanumericspecial: 'AlphanumSpecial200',
  email: 'Email',
  number: 'Number',
  positivenumber: 'PositiveNumber',
  phonenumber: 'PhoneNumber',
  password: 'Password',
  url: 'URL',
  ip: 'IP',
};

function asked(kind: string, word: string, categories: Record<string, unknown>): Asks | null {
  if (kind === 'TEXTAREA') return { is: 'paragraph' };
  if (kind !== 'OPTIONS') return word === 'file' ? null : { is: 'line', input: INPUTS[word] ?? 'text' };
  const values = list(categories.categories).flatMap((category) => list(members(category).values));
  const options = values.map((value) => text(value) || text(members(value).value) || text(members(value).label) || text(members(value).name));
  if (options.length) {
    return { is: categories.isMultipleChoice === true || word === 'checkbox' ? 'several' : 'one', options };
  }
  if (word === '5-star-rating') return { is: 'points', from: 1, to: 5 };
  if (word === 'nps') return { is: 'points', from: 0, to: 10 };
  return { is: 'one', options: ['yes', 'no'] };
}

const INPUTS: Record<string, Extract<Asks, { is: 'line' }>['input']> = {
  email: 'email',
  phonenumber: 'tel',
  url: 'url',
  number: 'number',
  positivenumber: 'number',
  date: 'date',
  time: 'time',
  datetime: 'datetime-local',
  password: 'password',
};

/** What is wrong with an answer, if anything. */
export function flaw({ required, asks, type }: Question, answer: string | string[] | undefined, patterns: Patterns): WordKey | null {
  const given = typeof answer === 'string' ? answer.trim() : (answer ?? []).join('');
  if (!given) return required ? 'required' : null;
  if (asks.is === 'paragraph') return given.length > PARAGRAPH_CHARS_MAX ? 'tooLong' : null;
  if (asks.is !== 'line') return null;
  if (given.length > LINE_CHARS_MAX) return 'tooLong';
  if (patterns[type]?.test(given) !== false) return null;
  return FLAWS[type] ?? 'wrong';
}

const FLAWS: Record<string, WordKey> = {
  Email: 'wrongEmail',
  PhoneNumber: 'wrongPhone',
  Number: 'wrongNumber',
  PositiveNumber: 'wrongNumber',
  URL: 'wrongLink',
};

/** The answers as the hub takes them; blank ones are left out. */
export function filledIn({ questions }: Form, answers: Answers): Answer[] {
  return questions.flatMap(({ key }): Answer[] => {
    const given = answers[key];
    const value = typeof given === 'string' ? given.trim() : given;
    return value?.length ? [{ key, type: 'string', value }] : [];
  });
}

/** Keys of answers a customer is known by, the first that is there. */
const IDENTIFYING = ['phone', 'phoneNumber', 'email'];

/** What the answers say the customer is known by. `field` is what the page says it is in. */
export function identifierIn(answers: Answer[], field: string | null): string | null {
  for (const key of field ? [field] : IDENTIFYING) {
    const value = answers.find((answer) => answer.key === key)?.value;
    if (typeof value === 'string') return value;
  }
  return null;
}
