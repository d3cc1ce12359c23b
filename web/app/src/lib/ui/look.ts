/** How whatever can be typed in or chosen from looks. */
export const CONTROL =
  'bg-raised text-ink h-8 rounded-md border border-edge px-2.5 text-sm shadow-sm transition-colors ' +
  'hover:border-soft aria-invalid:border-danger has-[[aria-invalid]]:border-danger disabled:opacity-60 disabled:bg-sunken';

/** How what opens over the page looks. */
export const POPUP = 'bg-raised border-line z-50 rounded-lg border p-1 shadow-lg outline-none';

/** How a line of what opens looks. */
export const ITEM =
  'flex min-h-8 shrink-0 items-center gap-2 rounded-md px-2 py-1 text-sm outline-none select-none ' +
  'data-highlighted:bg-hover data-disabled:opacity-50';

/** Up to so many choices are shown all at once; of more, one is found by typing. */
export const FEW = 8;

/** More lines than this are found by typing on. */
export const LINES_MAX = 100;
