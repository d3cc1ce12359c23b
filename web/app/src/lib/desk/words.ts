/** What the desk's words are called on the screen. */

import { type Said, reworded } from '$lib/api/refusal';
import { m } from '$lib/paraglide/messages';
import { getLocale } from '$lib/paraglide/runtime';
import type { Body } from './body';
import { summary } from './body';
import type { AgentState, Entry, Notice, Remark, Role } from './model';

export function stateName(state: AgentState): string {
  switch (state) {
    case 'READY':
      return m.desk_state_ready();
    case 'NOT_READY':
      return m.desk_state_not_ready();
    case 'LOGOUT':
      return m.desk_state_logout();
    case 'LOGIN':
      return m.desk_connecting();
    default:
      return m.desk_state_unknown();
  }
}

export function domainState(state: string): string {
  switch (state) {
    case 'READY':
      return m.desk_domain_ready();
    case 'ACTIVE':
      return m.desk_domain_active();
    case 'BUSY':
      return m.desk_domain_busy();
    case 'PENDING_NOT_READY':
      return m.desk_domain_pending();
    case 'INTERRUPTED':
      return m.desk_domain_interrupted();
    default:
      return m.desk_domain_off();
  }
}

export function roleName(role: Role): string {
  switch (role) {
    case 'PRIMARY':
      return m.desk_role_primary();
    case 'ASSISTANT':
      return m.desk_role_assistant();
    case 'WHISPER':
      return m.desk_role_whisper();
    case 'WRAP_UP':
      return m.desk_role_wrap_up();
    default:
      return m.desk_role_monitor();
  }
}

/** One line for what has no words of its own. */
export function told(body: Body): string {
  const words = summary(body);
  if (words) return body.is === 'wrap_up' ? m.desk_note_short({ text: words }) : words;
  switch (body.is) {
    case 'image':
      return m.desk_body_image();
    case 'video':
      return m.desk_body_video();
    case 'audio':
      return m.desk_body_audio();
    case 'sticker':
      return m.desk_body_sticker();
    case 'voice':
      return m.desk_body_call();
    case 'deleted':
      return m.desk_body_deleted();
    case 'contact':
      return m.desk_body_contact();
    default:
      return m.desk_body_file();
  }
}

export function noticeText({ name, who, detail }: Notice): string {
  switch (name) {
    case 'session_started':
      return m.desk_notice_session_started({ channel: detail });
    case 'session_ended':
      return m.desk_notice_session_ended({ channel: who });
    case 'customer_left':
      return m.desk_notice_customer_left();
    case 'joined':
      return detail === 'ASSISTANT' ? m.desk_notice_advisor({ who }) : m.desk_notice_joined({ who });
    case 'left':
      return m.desk_notice_left({ who });
    case 'role_changed':
      return m.desk_notice_role({ who, role: roleName(detail as Role) });
    case 'transfer_asked':
      return m.desk_notice_transfer({ who, queue: detail });
    case 'conference_asked':
      return m.desk_notice_conference({ who, queue: detail });
    case 'consult_asked':
      return m.desk_notice_consult({ who, queue: detail });
    case 'queued':
      return m.desk_notice_queued({ queue: detail });
    case 'nobody_free':
      return m.desk_notice_nobody();
    case 'paused':
      return m.desk_notice_paused({ who });
    case 'resumed':
      return m.desk_notice_resumed();
    case 'customer_changed':
      return m.desk_notice_customer({ who });
    case 'hand_raised':
      return m.desk_notice_hand({ who });
    case 'hand_lowered':
      return m.desk_notice_hand_down({ who });
    case 'answer_overdue':
      return m.desk_notice_overdue();
    case 'bot_joined':
      return m.desk_notice_bot_joined({ who });
    case 'bot_left':
      return m.desk_notice_bot_left({ who });
    case 'bot_acted':
      return m.desk_notice_bot_acted({ who, action: detail });
    case 'activity':
      return detail;
  }
}

export function entryText(entry: Entry): string {
  return entry.kind === 'notice' ? noticeText(entry) : told(entry.body);
}

export function remarkText({ name, text, why }: Remark): string {
  switch (name) {
    case 'refused': {
      const words = reworded({ words: text, why });
      return words.charAt(0).toUpperCase() + words.slice(1);
    }
    case 'transfer_placed':
      return m.desk_remark_transfer_placed();
    case 'conference_placed':
      return m.desk_remark_conference_placed();
    case 'help_granted':
      return m.desk_remark_help_granted();
    case 'transferred':
      return m.desk_remark_transferred();
    case 'taken_away':
      return text ? m.desk_remark_closed_because({ reason: reworded({ words: text }) }) : m.desk_remark_closed();
    case 'unanswered':
      return m.desk_remark_unanswered();
    case 'called_back':
      return m.desk_remark_called_back();
    case 'interrupted':
      return m.desk_remark_interrupted();
    case 'removed':
      return m.desk_remark_removed();
    case 'wrap_up_kept':
      return m.desk_remark_wrap_up_kept();
    case 'wrap_up_left':
      return m.desk_remark_wrap_up_left();
    case 'wrap_up_expired':
      return m.desk_remark_wrap_up_expired();
    case 'unsendable':
      return m.desk_remark_unsendable({ text });
  }
}

/** Why a desk has ended: a reason of the hub's own, one that was chosen, or a sentence. */
export function endedText(why: Said): string {
  switch (why.words) {
    case '':
      return m.desk_ended();
    case 'FORCED_LOGOUT_BY_SUPERVISOR':
      return m.desk_ended_forced();
    case 'INACTIVE_TOO_LONG':
      return m.desk_ended_inactive();
    default:
      return m.desk_ended_because({ reason: reworded(why) });
  }
}

/** The language of the screen, as it is written where the reader is. */
const locale = (): string => navigator.languages.find((one) => one.split('-')[0] === getLocale()) ?? getLocale();

/** `14:03`, in the reader's language. */
export function clockTime(at: number): string {
  return new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' }).format(at);
}

export function day(at: number): string {
  return new Intl.DateTimeFormat(locale(), { weekday: 'long', day: 'numeric', month: 'long' }).format(at);
}

export function bytes(size: number): string {
  const units = ['byte', 'kilobyte', 'megabyte'] as const;
  const step = size < 1000 ? 0 : size < 1_000_000 ? 1 : 2;
  const options = { style: 'unit', unit: units[step], unitDisplay: 'narrow', maximumFractionDigits: step === 2 ? 1 : 0 } as const;
  return new Intl.NumberFormat(locale(), options).format(size / 1000 ** step);
}

export function money(amount: number, currency: string): string {
  try {
    return new Intl.NumberFormat(locale(), { style: 'currency', currency }).format(amount);
  } catch {
    return `${amount} ${currency}`.trim();
  }
}
