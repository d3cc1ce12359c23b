// What the widget asks the hub over HTTP: how it is to look, what to ask before a chat, when somebody is there, and where
// files go. Everything that comes back is looked at first.

import { type Form, type Patterns, readForm, readPatterns } from './form';
import { type Members, type Reason, list, members, number, reason, text } from './wire';

export interface Words {
  title: string;
  subTitle: string;
  greeting: string;
}

/** The widget as an administrator has set it up. */
export interface Setup {
  service: string;
  theme: string;
  /** The address of a picture beside the title. */
  logo: string | null;
  words: Words;
  /** By language; what is blank is said as in `words`. */
  translated: Record<string, Partial<Words>>;
  language: string;
  position: 'start' | 'end';
  scheme: 'auto' | 'light' | 'dark';
  offers: { files: boolean; emoji: boolean; fontSize: boolean; transcript: boolean };
  form: string | null;
  files: { bytesMax: number; extensions: string[] };
}

export interface Hours {
  open: boolean;
  /** Milliseconds since 1970. */
  opens: number | null;
  message: string;
}

export interface Stored {
  name: string;
  mime: string;
  size: number;
  url: string;
}

/** An answer of the hub's that says no. */
export class Refused extends Error {
  readonly why: Reason;

  constructor(answer: Members) {
    const why = reason(text(answer.message) || text(answer.description), answer.why);
    super(why.words);
    this.why = why;
  }
}

export class Hub {
  /** With a slash at the end. */
  readonly base: URL;
  /** Who the page's reader is to the hub is nothing to the chat. */
  protected readonly credentials: RequestCredentials = 'omit';

  constructor(base: URL) {
    this.base = base;
  }

  async setup(widget: string, service: string | null): Promise<Setup> {
    return readSetup(members(await this.#get(`ccm/widget-configs/${encodeURIComponent(widget)}`)), service, this.base.href);
  }

  async form(id: string): Promise<Form> {
    return readForm(await this.#get(`unified-admin/forms/${encodeURIComponent(id)}`));
  }

  async patterns(): Promise<Patterns> {
    return readPatterns(await this.#get('unified-admin/formValidation'));
  }

  /** When somebody is there; `null` when the channel keeps no hours. */
  async hours(service: string): Promise<Hours | null> {
    const channel = members(await this.#get(`ccm/channels/service-identifier/${encodeURIComponent(service)}`));
    const calendar = text(channel.calendarId);
    if (!calendar) return null;
    const now = members(await this.#get(`business-calendar/calendars/${encodeURIComponent(calendar)}/now`));
    return { open: now.open !== false, opens: number(now.nextOpening), message: text(now.message) };
  }

  /** Uploads a file; `progress` is told from 0 to 1. */
  upload(file: File, conversation: string, progress: (part: number) => void, signal: AbortSignal): Promise<Stored> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const form = new FormData();
      form.append('file', file, file.name);
      form.append('conversationId', conversation);
      request.open('POST', new URL('file-engine/api/uploadFileStream', this.base));
      request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
      request.onerror = () => reject(new TypeError('the hub cannot be reached'));
      request.onload = () => {
        const answer = members(parsed(request.responseText));
        const name = text(answer.name);
        if (request.status >= 300 || !name) {
          reject(new Refused(answer));
          return;
        }
        resolve({ name, mime: text(answer.type), size: number(answer.size) ?? file.size, url: fileAt(name, this.base) });
      };
      signal.addEventListener('abort', () => request.abort());
      request.send(form);
    });
  }

  async #get(path: string): Promise<unknown> {
    const answer = await fetch(new URL(path, this.base), { credentials: this.credentials });
    const body = parsed(await answer.text());
    if (!answer.ok) throw new Refused(members(body));
    return body;
  }
}

/** A hub whose widget is still being decided on: it looks as it is told here, keeps no hours, and belongs to no channel. */
export class Sketch extends Hub {
  /** A form that no widget asks yet is shown to administrators alone. */
  protected override readonly credentials = 'same-origin';
  readonly #settings: Members;

  constructor(base: URL, settings: Members) {
    super(base);
    this.#settings = settings;
  }

  override setup(): Promise<Setup> {
    return Promise.resolve(readSetup(this.#settings, '', this.base.href));
  }

  override hours(): Promise<null> {
    return Promise.resolve(null);
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** Where a file of the hub's is read. */
function fileAt(name: string, base: string | URL): string {
  return `${new URL('file-engine/api/downloadFileStream', base)}?filename=${encodeURIComponent(name)}`;
}

const FILE_BYTES_MAX = 5_000_000;

function readSetup(config: Members, service: string | null, base: string): Setup {
  const appearance = members(config.appearance);
  const files = members(config.fileTransfer);
  const words = (from: Members): Words => ({
    title: text(from.title),
    subTitle: text(from.subTitle),
    greeting: text(from.greeting),
  });
  const translated = Object.entries(members(appearance.texts)).map(([language, texts]) => [language, words(members(texts))]);
  const logo = text(appearance.logo);
  const scheme = text(appearance.colorScheme).toLowerCase();
  return {
    service: service ?? text(config.serviceIdentifier),
    theme: text(config.theme),
    logo: logo ? fileAt(logo, base) : null,
    words: words(config),
    translated: Object.fromEntries(translated),
    language: text(members(config.language).code),
    position: appearance.position === 'START' ? 'start' : 'end',
    scheme: scheme === 'light' || scheme === 'dark' ? scheme : 'auto',
    offers: {
      files: config.enableFileTransfer === true,
      emoji: config.enableEmoji === true,
      fontSize: config.enableFontResize === true,
      transcript: config.enableDownloadTranscript === true,
    },
    form: text(config.form) || null,
    files: { bytesMax: number(files.bytesMax) ?? FILE_BYTES_MAX, extensions: list(files.extensions).map(text) },
  };
}
