// Where the keyboard is.

const FOCUSABLE = 'a[href], button:not([disabled]), input:not([tabindex="-1"]), select, textarea, [tabindex="0"]';

/** Takes the keyboard when it is here or nowhere: what somebody does elsewhere on the page is not interrupted. */
export function takeFocus(wanted: HTMLElement | null): void {
  const { activeElement: at, body } = document;
  if (!at || at === body || at.shadowRoot?.contains(wanted)) wanted?.focus();
}

/** Where somebody who opens the window wants to be. */
export function first(panel: HTMLElement): HTMLElement | null {
  return panel.querySelector<HTMLElement>('.field, .input') ?? panel.querySelector<HTMLElement>('.primary, .tool');
}

/** Lets the tabulator go round inside. */
export function keepInside(panel: HTMLElement, event: KeyboardEvent): void {
  const stops = [...panel.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((stop) => stop.offsetParent);
  const at = (panel.getRootNode() as ShadowRoot).activeElement;
  const [edge, other] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  if (at !== edge) return;
  event.preventDefault();
  other?.focus();
}
