// Times: the hub's into this computer's, and what is left of them.

import { number } from './read';
import type { Timer } from './model';

/** Older or newer by more is a clock set wrong, not a network. */
const SAMPLE_MS_MAX = 366 * 24 * 3600 * 1000;

/**
 * How far this computer's clock is ahead of the hub's, after one more message with the hub's time in it. What was
 * longest on its way says least, so the smallest difference stands.
 */
export function skewAfter(skew: number | null, sentAt: number | null, now: number): number | null {
  if (sentAt === null) return skew;
  const sample = now - sentAt;
  if (Math.abs(sample) > SAMPLE_MS_MAX) return skew;
  return skew === null ? sample : Math.min(skew, sample);
}

/** A time as the hub writes it: milliseconds, RFC 3339, or `yyyy-MM-dd HH:mm:ss` of UTC. */
export function hubTime(value: unknown): number | null {
  const ms = number(value);
  if (ms !== null) return ms > 0 ? ms : null;
  if (typeof value !== 'string' || value === '') return null;
  const zoned = /[zZ]$|[+-]\d\d:?\d\d$/.test(value) ? value : `${value.replace(' ', 'T')}Z`;
  const read = Date.parse(zoned);
  return Number.isNaN(read) ? null : read;
}

/** A timer that began then, of so many seconds. */
export function timer(startedAt: number, seconds: number): Timer {
  return { until: startedAt + seconds * 1000, total: seconds * 1000 };
}

/** What is left of a timer; never more than it is long, however roughly the two clocks were compared. */
export function left(of: Timer, now: number): number {
  return Math.max(0, Math.min(of.total, of.until - now));
}

/** The part of a timer that is left, from 1 to 0. */
export function share(of: Timer, now: number): number {
  return of.total > 0 ? Math.min(1, left(of, now) / of.total) : 0;
}

/** `0:09`, `12:30`, `1:02:03`: whole seconds, those begun counting down, those done counting up. */
export function countdown(ms: number): string {
  return digits(Math.ceil(Math.max(0, ms) / 1000));
}

export function elapsed(ms: number): string {
  return digits(Math.floor(Math.max(0, ms) / 1000));
}

function digits(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
