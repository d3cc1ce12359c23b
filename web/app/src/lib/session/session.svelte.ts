/**
 * Who is signed in. The token itself is in a cookie that scripts cannot read; here is only whose it is and until when.
 *
 * Promises: the session is renewed while a page is open; when it has ended all the same, whoever waits for an answer
 * waits until the same person is back, with everything on the page as it was.
 */

import { api, body, onExpiry, type Schema } from '$lib/api/client';
import { Problem } from '$lib/api/problem';

type Person = Schema['KeycloakUser'];
type Signed = Schema['BrowserSession'];
export type Level = 'view' | 'manage_own_team' | 'manage';

/** Renewed when this part of its time is over. */
const RENEW_AFTER = 0.5;
const RENEW_AGAIN_MS = 15_000;
/** Longer waits than this overflow the browser's timers. */
const TIMER_MS_MAX = 2_000_000_000;

class Session {
  /** Who is `enrolling` has to set up a second factor before anything else. */
  state: 'unknown' | 'out' | 'enrolling' | 'in' | 'expired' = $state('unknown');
  person: Person | null = $state(null);
  #permissions: Record<string, Level> = $state({});
  #expiresAt = 0;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #waiting: (() => void)[] = [];
  #endings: (() => void)[] = [];

  get roles(): string[] {
    return this.person?.roles ?? [];
  }

  get name(): string {
    const { firstName, lastName, username } = this.person ?? {};
    return [firstName, lastName].filter(Boolean).join(' ') || username || '';
  }

  /** Whether the roles allow it. A button that is not shown protects nothing; the hub asks again. */
  may(resource: string, level: Level = 'view'): boolean {
    const order: Level[] = ['view', 'manage_own_team', 'manage'];
    const held = this.#permissions[resource];
    return held !== undefined && order.indexOf(held) >= order.indexOf(level);
  }

  get opensAdmin(): boolean {
    return this.roles.some((role) => ['admin', 'routing_manager', 'supervisor', 'quality_manager'].includes(role));
  }

  get opensDesk(): boolean {
    return this.roles.some((role) => ['agent', 'supervisor'].includes(role));
  }

  /** Where somebody who opens the app without saying where is led. */
  get home(): '/admin' | '/desk' | null {
    if (this.roles.includes('admin')) return '/admin';
    if (this.opensDesk) return '/desk';
    return this.opensAdmin ? '/admin' : null;
  }

  /** Finds out who is signed in. */
  async start(): Promise<void> {
    onExpiry(() => this.#expired());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.state === 'in' && Date.now() > this.#expiresAt - RENEW_AGAIN_MS) void this.#keepOpen();
    });
    await this.#keepOpen();
  }

  /** With a second factor, the code is asked for by a problem `second_factor_wanted`. */
  async signIn(username: string, password: string, code?: string): Promise<void> {
    this.opened(await body(api.POST('/auth/session', { body: { username, password, ...(code ? { code } : {}) } })));
  }

  /** Asks anew who one is and what one may, for example after a role was given. */
  async renew(): Promise<void> {
    this.opened(await body(api.PUT('/auth/session')));
  }

  /** Has something done before somebody signs out, for example what he wrote put away. */
  beforeSignOut(end: () => void): void {
    this.#endings.push(end);
  }

  async signOut(): Promise<void> {
    for (const end of this.#endings) end();
    await api.DELETE('/auth/session');
    clearTimeout(this.#renewal);
    // Nothing of one person is left for the next.
    location.assign('/app/');
  }

  /** Goes on with a session the hub has just opened. */
  opened(signed: Signed): void {
    const before = this.person?.id;
    if (before && before !== signed.user.id) {
      // Somebody else: what is on the page is not for him.
      location.assign('/app/');
      return;
    }
    this.person = signed.user;
    this.#permissions = signed.permissions as Record<string, Level>;
    this.#expiresAt = signed.expiresAt;
    this.state = signed.enrolmentDue ? 'enrolling' : 'in';
    if (this.state === 'in') for (const go of this.#waiting.splice(0)) go();
    this.#renewIn((signed.expiresAt - Date.now()) * RENEW_AFTER);
  }

  #renewIn(ms: number): void {
    clearTimeout(this.#renewal);
    this.#renewal = setTimeout(() => void this.#keepOpen(), Math.min(Math.max(ms, 0), TIMER_MS_MAX));
  }

  async #keepOpen(): Promise<void> {
    try {
      await this.renew();
    } catch (thrown) {
      const problem = Problem.of(thrown);
      if (problem.status === 401) this.state = this.person ? 'expired' : 'out';
      else if (this.person) this.#renewIn(RENEW_AGAIN_MS);
      else throw problem;
    }
  }

  #expired(): Promise<void> {
    this.state = 'expired';
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

export const session = new Session();
