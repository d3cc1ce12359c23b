/**
 * The hub's API. What may be asked and what comes back is typed by `schema.d.ts`, made from `openapi.json`.
 *
 * Promises: an answer that is not a success is thrown as a [Problem]; an answer that says the session has ended
 * waits until somebody has signed in again, and is then asked for once more, so no caller has to know.
 */

import createClient from 'openapi-fetch';
import { Problem } from './problem';
import type { components, paths } from './schema';

export type Schema = components['schemas'];

/** Resolves when the same person has signed in again. */
type SignInAgain = () => Promise<void>;
let signInAgain: SignInAgain | undefined;

/** Tells what to do when the session has ended. */
export function onExpiry(ask: SignInAgain): void {
  signInAgain = ask;
}

async function send(request: Request): Promise<Response> {
  const again = request.clone();
  let response = await fetch(request).catch(() => {
    throw Problem.offline();
  });
  const isSignIn = new URL(request.url).pathname === '/auth/session';
  if (response.status === 401 && !isSignIn && signInAgain) {
    await signInAgain();
    response = await fetch(again).catch(() => {
      throw Problem.offline();
    });
  }
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
  return response;
}

export const api = createClient<paths>({ baseUrl: location.origin, fetch: send });

/** The body of an answer. */
export async function body<T>(asked: Promise<{ data?: T }>): Promise<T> {
  const { data } = await asked;
  return data as T;
}

/** An object with the version it was read at. */
export interface Versioned<T> {
  value: T;
  etag: string;
}

/** Rows, and where the next ones are. */
export interface PageOf<T> {
  rows: T[];
  next: string | null;
}

/** For what is described by data, such as the kinds of registered objects: the path is known at run time only. */
export async function ask<T>(method: string, path: string, options: { body?: unknown; etag?: string } = {}): Promise<Versioned<T>> {
  const headers = new Headers();
  if (options.etag) headers.set('if-match', options.etag);
  const isForm = options.body instanceof FormData;
  if (options.body !== undefined && !isForm) headers.set('content-type', 'application/json');
  const content = isForm ? (options.body as FormData) : JSON.stringify(options.body);
  const response = await send(new Request(new URL(path, location.origin), { method, headers, body: content }));
  const text = await response.text();
  return { value: (text ? JSON.parse(text) : undefined) as T, etag: response.headers.get('etag') ?? '' };
}

/** A page of a list that comes in pages, by the `Link` header. */
export async function page<T>(path: string): Promise<PageOf<T>> {
  const response = await send(new Request(new URL(path, location.origin)));
  const next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? null;
  return { rows: (await response.json()) as T[], next };
}
