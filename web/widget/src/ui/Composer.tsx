// Where the customer writes, and what goes along with it.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Upload } from '../client';
import type { Setup } from '../hub';
import type { Language } from '../words';
import { takeFocus } from './focus';
import { Icon } from './icons';

/** Characters of one message, as the hub takes them. */
const TEXT_CHARS_MAX = 4096;
/** From here on the customer is told how many are left. */
const TEXT_CHARS_NEAR = 3900;
const EMOJI = ['😊', '😀', '😂', '😉', '😍', '🙏', '👍', '👎', '👋', '👏', '💪', '🎉', '❤️', '🔥', '✅', '❌', '😢', '😞', '😡', '🤔', '😴', '📷', '📦', '🛒'];

interface Props {
  language: Language;
  setup: Setup;
  draft: string;
  /** Files are taken once the chat runs. */
  takesFiles: boolean;
  uploads: Upload[];
  changed: (draft: string) => void;
  send: (text: string) => void;
  attach: (files: Iterable<File>) => void;
  detach: (id: string) => void;
}

export function Composer({ language, setup, draft, takesFiles, uploads, changed, send, attach, detach }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(draft);
  const [emoji, showEmoji] = useState(false);
  const { files } = setup;
  const bounds = language.say('fileBounds', { size: language.size(files.bytesMax), types: files.extensions.join(', ') });

  useEffect(() => takeFocus(field.current), []);
  useEffect(() => {
    const { current } = field;
    if (!current) return;
    current.style.height = 'auto';
    current.style.height = `${current.scrollHeight}px`;
  }, [text]);

  const write = (next: string) => {
    setText(next);
    changed(next);
  };
  const submit = () => {
    if (!text.trim()) return;
    send(text.trim());
    write('');
    showEmoji(false);
    field.current?.focus();
  };
  const insert = (sign: string) => {
    const { selectionStart: at, selectionEnd: end } = field.current!;
    write(text.slice(0, at) + sign + text.slice(end));
    showEmoji(false);
    field.current!.focus();
  };
  const pasted = (event: ClipboardEvent) => {
    const found = event.clipboardData?.files;
    if (!takesFiles || !found?.length) return;
    event.preventDefault();
    attach(found);
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {uploads.length > 0 && (
        <ul class="uploads" aria-live="polite">
          {uploads.map((upload) => (
            <UploadLine key={upload.id} upload={upload} language={language} bytesMax={files.bytesMax} remove={() => detach(upload.id)} />
          ))}
        </ul>
      )}
      {emoji && (
        <div class="emoji" role="group" aria-label={language.say('emoji')} onKeyDown={(event) => event.key === 'Escape' && (event.stopPropagation(), showEmoji(false))}>
          {EMOJI.map((sign) => (
            <button type="button" onClick={() => insert(sign)}>
              {sign}
            </button>
          ))}
        </div>
      )}
      <div class="entry">
        <textarea
          ref={field}
          class="field"
          rows={1}
          dir={text ? 'auto' : undefined}
          maxLength={TEXT_CHARS_MAX}
          aria-label={language.say('message')}
          placeholder={language.say('write')}
          value={text}
          onInput={({ currentTarget }) => write(currentTarget.value)}
          onPaste={pasted}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
        <div class="tools">
          {takesFiles && (
            <>
              <button type="button" class="tool" aria-label={language.say('attach')} title={bounds} aria-describedby="bounds" onClick={() => chooser.current?.click()}>
                <Icon of="clip" />
              </button>
              <input
                ref={chooser}
                type="file"
                class="hidden"
                tabIndex={-1}
                aria-hidden="true"
                multiple
                accept={files.extensions.map((ending) => `.${ending}`).join(',')}
                onChange={({ currentTarget }) => {
                  attach(Array.from(currentTarget.files ?? []));
                  currentTarget.value = '';
                }}
              />
            </>
          )}
          {setup.offers.emoji && (
            <button type="button" class="tool" aria-label={language.say('emoji')} aria-expanded={emoji} onClick={() => showEmoji(!emoji)}>
              <Icon of="smile" />
            </button>
          )}
          <span class="left">{text.length > TEXT_CHARS_NEAR && language.count(TEXT_CHARS_MAX - text.length)}</span>
          <button type="submit" class="send" aria-label={language.say('send')} disabled={!text.trim()}>
            <Icon of="send" />
          </button>
        </div>
      </div>
      {takesFiles && (
        <p class="bounds" id="bounds" hidden={!uploads.some(({ state }) => state.is === 'failed')}>
          {bounds}
        </p>
      )}
    </form>
  );
}

function UploadLine({ upload, language, bytesMax, remove }: { upload: Upload; language: Language; bytesMax: number; remove: () => void }) {
  const { file, state } = upload;
  const put = { name: file.name, size: language.size(bytesMax) };
  return (
    <li class={`upload ${state.is}`}>
      <Icon of={state.is === 'failed' ? 'alert' : 'file'} />
      <span>
        <bdi>{state.is === 'failed' ? `${language.say(state.why, put)} ${state.told ? language.reason(state.told) : ''}` : file.name}</bdi>
        {state.is === 'waiting' && <small>{language.say('fileWaiting')}</small>}
        {state.is === 'going' && <progress value={state.part} max={1} aria-label={language.say('sending')} />}
      </span>
      <button type="button" class="tool" aria-label={`${language.say('remove')}: ${file.name}`} onClick={remove}>
        <Icon of="close" />
      </button>
    </li>
  );
}
