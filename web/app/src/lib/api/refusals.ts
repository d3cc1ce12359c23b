/**
 * The hub's refusals, in languages other than its own. It says them in English, and many by a fixed sentence: the English
 * text of a message here is that sentence word for word, and is how the others are found. Whatever is said in words of the
 * moment goes by its code, with the words behind it. Only who reads another language loads this.
 */

import { m } from '$lib/paraglide/messages';
import { baseLocale, type Locale } from '$lib/paraglide/runtime';

/** What is put in differs from one to the next; whoever says it knows by its pattern what it takes. */
type Sentence = { say(put: Record<string, NonNullable<unknown>>, options: { locale: Locale }): string }['say'];

/** Sentences of the hub, as agents, supervisors and administrators meet them. */
export const SENTENCES: Sentence[] = [
  // Conversations and offers.
  m.refusal_not_in, m.refusal_in_already, m.refusal_not_serving, m.refusal_not_offered, m.refusal_over, m.refusal_customer_left,
  m.refusal_customer_left_channel, m.refusal_nothing_to_pause, m.refusal_paused_already, m.refusal_not_paused, m.refusal_no_edit,
  m.refusal_channel_gone, m.refusal_request_channel_gone, m.refusal_not_routed, m.refusal_no_answer_awaited, m.refusal_off_list,
  // States and sessions.
  m.refusal_full, m.refusal_full_of, m.refusal_no_domain, m.refusal_ready_first, m.refusal_logged_out, m.refusal_session_ended,
  m.refusal_other_desk, m.refusal_flooded, m.refusal_may_not_sign_in, m.refusal_desk_role, m.refusal_wrong_credentials,
  m.refusal_code_wrong, m.refusal_code_used,
  // Help and supervision.
  m.refusal_consulting, m.refusal_looking_already, m.refusal_consult_first, m.refusal_watch_first, m.refusal_nobody_serves,
  m.refusal_served_already, m.refusal_waiting, m.refusal_own_team, m.refusal_agent_ready, m.refusal_agent_out, m.refusal_announcer,
  // Customers.
  m.refusal_same_customer, m.refusal_customers_already, m.refusal_not_linked, m.refusal_not_merged, m.refusal_merge_self,
  m.refusal_merge_leads, m.refusal_erase_leads, m.refusal_merge_open, m.refusal_own_conversations,
  // Files.
  m.refusal_file_empty, m.refusal_file_large, m.refusal_file_type, m.refusal_file_content, m.refusal_file_declared, m.refusal_uploads_many,
  // Fields of forms.
  m.refusal_taken, m.refusal_in_use, m.refusal_at_most, m.refusal_blank, m.refusal_empty, m.refusal_required, m.refusal_twice,
  m.refusal_used_twice, m.refusal_there_already, m.refusal_too_long, m.refusal_chars_max, m.refusal_from_to, m.refusal_seconds,
  m.refusal_address, m.refusal_path, m.refusal_one_to_hundred, m.refusal_rises,
];

/** Codes that say all there is to say, and what to do. */
const WHOLE: Record<string, Sentence> = {
  unauthorized: m.refusal_of_unauthorized,
  precondition_failed: m.refusal_of_stale,
  too_many_requests: m.refusal_of_too_many,
  unavailable: m.refusal_of_busy_hub,
  stopping: m.refusal_of_busy_hub,
  timeout: m.refusal_of_busy_hub,
  internal: m.refusal_of_internal,
  enrolment_due: m.refusal_of_enrolment,
};

/** Codes behind which the hub's own words are wanted. */
const LEADS: Record<string, Sentence> = {
  forbidden: m.refusal_of_forbidden,
  not_found: m.refusal_of_not_found,
  conflict: m.refusal_of_conflict,
  busy: m.refusal_of_busy,
  ambiguous: m.refusal_of_ambiguous,
  limit: m.refusal_of_limit,
  too_large: m.refusal_of_too_large,
  field_invalid: m.refusal_of_value,
  request_malformed: m.refusal_of_request,
};

interface Pattern {
  say: Sentence;
  words: RegExp;
  names: string[];
}

let patterns: Pattern[] | undefined;

/** The hub's words in a language; where it is none of its sentences, what its code says, and the words themselves. */
export function reworded(words: string, code: string, locale: Locale): string {
  // Of a value, the hub says where it is before it says what is wrong with it.
  const [, place, news] = /^([\w.[\]]+): (.+)$/s.exec(words) ?? [];
  const known = translated(words, locale);
  if (known !== null) return known;
  const judged = news && translated(news, locale);
  if (place && judged) return `${isolated(place)}: ${judged}`;
  const whole = WHOLE[code];
  if (whole) return whole({}, { locale });
  const lead = LEADS[code];
  return lead ? `${lead({}, { locale })}: ${isolated(words)}` : isolated(words);
}

function translated(words: string, locale: Locale): string | null {
  patterns ??= SENTENCES.map(patternOf);
  for (const { say, words: known, names } of patterns) {
    const found = known.exec(words);
    if (found) return say(Object.fromEntries(names.map((name, place) => [name, isolated(found[place + 1] ?? '')])), { locale });
  }
  return null;
}

/** How a sentence of the hub is known; what it puts into one is named as in the message. */
export function patternOf(say: Sentence): Pattern {
  const HOLE = '\0';
  const names: string[] = [];
  const holes = new Proxy({}, { get: (_, name) => (names.push(String(name)), HOLE) });
  const parts = say(holes, { locale: baseLocale }).split(HOLE);
  const literal = (part: string) => part.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return { say, words: new RegExp(`^${parts.map(literal).join('(.*?)')}$`, 's'), names };
}

/** English amid a text that may run the other way. */
function isolated(words: string): string {
  return words && `\u2068${words}\u2069`;
}
