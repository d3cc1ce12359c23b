// A short sound for a new message, made without a file.

const LENGTH_SECS = 0.35;

let context: AudioContext | null = null;

export function chime(): void {
  try {
    context ??= new AudioContext();
    // Before the first click on a page browsers are silent.
    if (context.state !== 'running') void context.resume();
    const now = context.currentTime;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.setValueAtTime(660, now);
    tone.frequency.setValueAtTime(880, now + 0.09);
    volume.gain.setValueAtTime(0.06, now);
    volume.gain.exponentialRampToValueAtTime(0.0001, now + LENGTH_SECS);
    tone.connect(volume).connect(context.destination);
    tone.start(now);
    tone.stop(now + LENGTH_SECS);
  } catch {
    // A browser without sound still shows the number.
  }
}
