/** Coming back from the organisation's own sign-in: to which page, or why not. */

import { Problem } from '$lib/api/problem';
import { m } from '$lib/paraglide/messages';

const REFUSED = 'refused';
type Where = Pick<Location, 'pathname' | 'search'>;

/** What the hub says when it turns somebody away, and what he can do. */
const WORDS: Record<string, () => [message: string, description: string]> = {
  lost: () => [m.turned_lost(), m.turned_again()],
  cancelled: () => [m.turned_cancelled(), m.turned_again()],
  too_many: () => [m.turned_too_many(), m.turned_later()],
  provider_unreachable: () => [m.turned_unreachable(), m.turned_later()],
  provider_refused: () => [m.turned_provider(), m.turned_later()],
  provider_unbelievable: () => [m.turned_provider(), m.turned_later()],
  no_name: () => [m.turned_no_name(), m.turned_ask()],
  no_role: () => [m.turned_no_role(), m.turned_ask_role()],
  name_taken: () => [m.turned_name_taken(), m.turned_ask_name()],
  disabled: () => [m.turned_disabled(), m.turned_ask()],
  roles_refused: () => [m.turned_roles_refused(), m.turned_ask()],
  unavailable: () => [m.turned_unavailable(), m.turned_later()],
};

/** Why somebody was turned away, if he was. Only words that are known are shown: anybody can make a link. */
export function refusal({ search }: Where): Problem | null {
  const code = new URLSearchParams(search).get(REFUSED) ?? '';
  const words = Object.hasOwn(WORDS, code) ? WORDS[code]?.() : undefined;
  return words ? new Problem(0, { code, message: words[0], description: words[1] }) : null;
}

/** The page to come back to after signing in. */
export function wanted({ pathname, search }: Where): string {
  return new URLSearchParams(search).has(REFUSED) ? pathname : pathname + search;
}
