import { getLocale } from '$lib/paraglide/runtime';

/** How the reader writes dates: as his browser says, if that speaks the language of the screens. */
const place = (): string => (navigator.language.startsWith(getLocale()) ? navigator.language : getLocale());

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `22 Nov 2026, 14:03:07` */
export function dateTime(at: Date | number | string): string {
  const options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'medium' };
  return new Intl.DateTimeFormat(place(), options).format(new Date(at));
}

/** `22 Nov 2026, 14:03` */
export function toTheMinute(at: Date | number): string {
  return new Intl.DateTimeFormat(place(), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));
}

/** `22 Nov 2026` */
export function date(at: Date | number): string {
  return new Intl.DateTimeFormat(place(), { dateStyle: 'medium' }).format(new Date(at));
}

/** `22 Nov` */
export function dayOf(at: Date | number): string {
  return new Intl.DateTimeFormat(place(), { day: 'numeric', month: 'short' }).format(new Date(at));
}

/** `14:03` */
export function clock(at: Date | number): string {
  return new Intl.DateTimeFormat(place(), { hour: '2-digit', minute: '2-digit' }).format(new Date(at));
}

/** `5 minutes ago` */
export function ago(at: Date | number | string, now = Date.now()): string {
  const passed = new Date(at).getTime() - now;
  const format = new Intl.RelativeTimeFormat(getLocale(), { numeric: 'auto' });
  const size = Math.abs(passed);
  if (size < MINUTE) return format.format(Math.round(passed / SECOND), 'second');
  if (size < HOUR) return format.format(Math.round(passed / MINUTE), 'minute');
  if (size < DAY) return format.format(Math.round(passed / HOUR), 'hour');
  return format.format(Math.round(passed / DAY), 'day');
}

/** `1:05` or `2:03:00`: how long something has gone on. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND));
  const [h, min, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(min)}:${two(s)}` : `${min}:${two(s)}`;
}

/** `120 ms`, `1.4 s` or `2:05`. */
export function took(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  return ms < MINUTE ? `${(ms / SECOND).toFixed(1)} s` : span(ms);
}

/** As fields for a date and a time want it: `2026-11-22T14:03`, where the reader is. */
export function localTime(at: number | null | undefined): string {
  if (at === null || at === undefined) return '';
  const shifted = at - new Date(at).getTimezoneOffset() * MINUTE;
  return new Date(shifted).toISOString().slice(0, 16);
}

/** What such a field holds, as milliseconds since 1970. */
export function momentOf(typed: string | null | undefined): number | null {
  const at = typed ? new Date(typed).getTime() : NaN;
  return Number.isNaN(at) ? null : at;
}
