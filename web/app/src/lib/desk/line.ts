// The desk's line to the hub: one socket that comes back by itself.
//
// Promises: what the hub says is handed on in its order; nothing is said while the line is down, and whoever wants
// something to arrive all the same keeps it and says it again (`outbox`). The cookie of the sign-in opens the line.

import { io, type Socket } from 'socket.io-client';
import type { Packet } from './say';

const PATH = '/agent-manager/socket.io';
/** Waits between attempts to come back. */
const RETRY_MS_MIN = 300;
const RETRY_MS_MAX = 5000;
const TURNED_AWAY = 'login-failed';

export interface Listener {
  opened(): void;
  lost(): void;
  /** The hub does not know the session any more. */
  turnedAway(): void;
  told(event: string, payload: unknown): void;
}

export interface Line {
  say(packet: Packet): boolean;
  /** Tries at once, after a wait or a new sign-in. */
  retry(): void;
  close(): void;
}

export function open(username: string, listener: Listener, origin?: string): Line {
  const options = {
    path: PATH,
    query: { username },
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    forceNew: true,
    reconnectionDelay: RETRY_MS_MIN,
    reconnectionDelayMax: RETRY_MS_MAX,
  };
  const socket: Socket = origin ? io(origin, options) : io(options);
  let closed = false;
  socket.on('connect', () => listener.opened());
  socket.on('disconnect', (reason) => {
    listener.lost();
    // A hub that stops says goodbye to each desk; the library takes that for a wish not to see it again.
    if (reason === 'io server disconnect' && !closed) setTimeout(() => !closed && socket.connect(), RETRY_MS_MIN);
  });
  socket.on('connect_error', (error) => {
    if (error.message === TURNED_AWAY) listener.turnedAway();
    else listener.lost();
  });
  socket.onAny((event: string, payload: unknown, confirm?: (answer: unknown) => void) => {
    listener.told(event, payload);
    if (typeof confirm === 'function') confirm({ status: 'ok' });
  });
  return {
    say({ event, payload }) {
      if (!socket.connected) return false;
      socket.emit(event, payload);
      return true;
    },
    retry() {
      if (!socket.connected && !closed) socket.connect();
    },
    close() {
      closed = true;
      socket.close();
    },
  };
}
