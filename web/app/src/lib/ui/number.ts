import { getLocale } from '$lib/paraglide/runtime';

/** `84.2 %`; a dash for what there is none of. */
export function percent(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return new Intl.NumberFormat(getLocale(), { style: 'percent', maximumFractionDigits: 1 }).format(value / 100);
}

/** `12,345`; a dash for what there is none of. */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : new Intl.NumberFormat(getLocale()).format(value);
}
