// Emoji agents use, by what they are called. A short list is found through faster than a whole one.

export const EMOJI: [emoji: string, name: string][] = [
  ['🙂', 'smile'], ['😊', 'happy blush'], ['😀', 'grin'], ['😄', 'laugh'], ['😅', 'relief sweat'], ['😂', 'joy tears'], ['😉', 'wink'],
  ['😍', 'love eyes'], ['🤗', 'hug'], ['🤔', 'thinking'], ['😎', 'cool'], ['😇', 'angel'], ['😮', 'surprised'], ['😢', 'sad cry'],
  ['😞', 'disappointed'], ['😕', 'confused'], ['😬', 'awkward'], ['🙄', 'roll eyes'], ['😴', 'sleep'], ['🤒', 'ill'], ['🥳', 'party'],
  ['👍', 'thumbs up yes'], ['👎', 'thumbs down no'], ['👌', 'ok'], ['👏', 'clap'], ['🙏', 'thanks please'], ['🤝', 'handshake deal'],
  ['👋', 'wave hello'], ['💪', 'strong'], ['✌️', 'peace'], ['👉', 'point right'], ['👇', 'point down'], ['✅', 'done check'],
  ['❌', 'cross wrong'], ['⚠️', 'warning'], ['❗', 'exclamation'], ['❓', 'question'], ['💡', 'idea'], ['⭐', 'star'], ['🔥', 'fire'],
  ['🎉', 'celebrate'], ['🎁', 'gift'], ['❤️', 'heart'], ['💙', 'blue heart'], ['💚', 'green heart'], ['💐', 'flowers'], ['☕', 'coffee'],
  ['📞', 'phone'], ['📱', 'mobile'], ['💻', 'computer'], ['📧', 'mail'], ['📦', 'parcel'], ['🚚', 'delivery'], ['🛒', 'cart'],
  ['💳', 'card payment'], ['💶', 'money euro'], ['🧾', 'receipt bill'], ['📅', 'date calendar'], ['⏰', 'time alarm'], ['⏳', 'wait'],
  ['🔒', 'lock'], ['🔑', 'key'], ['🔧', 'repair'], ['📎', 'attachment'], ['🔗', 'link'], ['📍', 'place'], ['🏠', 'home'], ['🌍', 'world'],
];
