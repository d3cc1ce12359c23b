/** What an agent hears and sees when he looks elsewhere: a sound, a notification, and the page's title. */

import { m } from '$lib/paraglide/messages';
import { toasts } from '$lib/ui/toasts.svelte';
import type { Bell } from '../live.svelte';
import { remarkText, told } from '../words';

const KEY = 'desk-sounds';
const TONES = { offer: [660, 880, 660], message: [740] } as const;
const NOTE_S = 0.14;
/** What rings is heard again until it is taken or gone. */
const RING_EVERY_MS = 4000;

let audio: AudioContext | null = null;

class Sounds {
  on = $state(localStorage.getItem(KEY) !== 'off');

  toggle(): void {
    this.on = !this.on;
    if (this.on) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, 'off');
  }
}

export const sounds = new Sounds();

/** A few sine waves: there is no file to load, and none to be blocked. */
function play(what: keyof typeof TONES): void {
  if (!sounds.on) return;
  audio ??= new AudioContext();
  // Until somebody has used the page, the browser keeps it silent.
  if (audio.state === 'suspended') void audio.resume().catch(() => undefined);
  TONES[what].forEach((frequency, place) => {
    if (!audio) return;
    const start = audio.currentTime + place * NOTE_S;
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.12, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + NOTE_S);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + NOTE_S);
  });
}

/** Asks once whether notifications may be shown; only after something the agent did. */
export function askForNotifications(): void {
  if ('Notification' in globalThis && Notification.permission === 'default') void Notification.requestPermission();
}

/** Tells somebody who looks elsewhere. */
function notify(title: string, body: string, tag: string): Notification | null {
  const looks = !document.hidden && document.hasFocus();
  if (looks || !('Notification' in globalThis) || Notification.permission !== 'granted') return null;
  const notification = new Notification(title, { body, tag, icon: '/app/icon.svg' });
  notification.onclick = () => {
    window.focus();
    notification.close();
  };
  return notification;
}

/** What was told of each task that rings. */
const rung = new Map<string, Notification | null>();
let ring: ReturnType<typeof setInterval> | undefined;

export const bell: Bell = {
  ringing(offers) {
    const tasks = new Set(offers.map((offer) => offer.task));
    for (const [task, notification] of rung) {
      if (tasks.has(task)) continue;
      notification?.close();
      rung.delete(task);
    }
    for (const offer of offers.filter((one) => !rung.has(one.task))) {
      const title = m.desk_offer_from({ customer: offer.customer || m.desk_somebody() });
      rung.set(offer.task, notify(title, [offer.queue, offer.note].filter(Boolean).join(' · '), offer.conversation));
      play('offer');
    }
    clearInterval(ring);
    if (offers.length > 0) ring = setInterval(() => play('offer'), RING_EVERY_MS);
  },
  spoken(held, message) {
    play('message');
    notify(held.customer.name || m.desk_somebody(), told(message.body), held.id);
  },
  remark(remark) {
    const tone = { plain: 'neutral', good: 'good', bad: 'danger' } as const;
    toasts.say(remarkText(remark), tone[remark.tone]);
  },
};
