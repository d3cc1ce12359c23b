// What was said, oldest first, and what is still on its way.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Chat, type Entry, type Outgoing, idOf, timeOf } from '../chat';
import { type Choice, type Said, readable } from '../message';
import type { Language } from '../words';
import { Content } from './Content';
import { Icon } from './icons';

/** Messages of one person this close together share a name and a picture. */
const TOGETHER_MS = 5 * 60 * 1000;
/** So near to the end, whoever reads wants to see what comes. */
const NEAR_PX = 80;

interface Props {
  chat: Chat;
  base: string;
  language: Language;
  greeting: string;
  say: (choice: Extract<Choice, { says: string }>) => void;
  retry: (id: string) => void;
  discard: (id: string) => void;
}

export function Log(props: Props) {
  const { chat, base, language, greeting } = props;
  const box = useRef<HTMLDivElement>(null);
  const near = useRef(true);
  const [away, setAway] = useState(false);
  const last = chat.entries.at(-1);
  const length = chat.entries.length + chat.outbox.length;

  const toEnd = () => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  };
  useLayoutEffect(() => {
    if (near.current) toEnd();
    else setAway(true);
  }, [length, chat.typing]);
  // Pictures come later and push the rest down.
  useEffect(() => {
    const log = box.current!;
    const loaded = () => near.current && toEnd();
    const resized = new ResizeObserver(loaded);
    resized.observe(log);
    log.addEventListener('load', loaded, true);
    return () => {
      resized.disconnect();
      log.removeEventListener('load', loaded, true);
    };
  }, []);
  const scrolled = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current!;
    near.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (near.current) setAway(false);
  };

  const mine = chat.entries.findLast((entry) => entry.is === 'said' && entry.said.who === 'me');
  const isOpen = chat.phase.is === 'running';
  return (
    <div class="past">
      <div class="log" role="log" aria-live="polite" aria-label={language.say('chat')} tabIndex={0} ref={box} onScroll={scrolled}>
        {greeting && <Bubble said={greetingOf(greeting)} first last language={language} say={null} />}
        {chat.entries.map((entry, at) => (
          <EntryLine
            key={idOf(entry)}
            entry={entry}
            before={chat.entries[at - 1]}
            after={chat.entries[at + 1]}
            quoted={quotedBy(entry, chat.entries)}
            seen={entry === mine && chat.seen.includes(idOf(entry))}
            newest={entry === mine}
            language={language}
            say={isOpen && entry === last ? props.say : null}
          />
        ))}
        {chat.outbox.map((outgoing) => (
          <Waiting key={outgoing.id} {...props} outgoing={outgoing} base={base} />
        ))}
        {chat.typing && (
          <div class="line theirs" key="typing">
            <Avatar name={chat.typing.name} />
            <div class="bubble dots" role="img" aria-label={language.say('typing', { name: chat.typing.name || language.say('agent') })}>
              <i />
              <i />
              <i />
            </div>
          </div>
        )}
      </div>
      {away && (
        <button type="button" class="latest" aria-label={language.say('latest')} onClick={toEnd}>
          <Icon of="down" />
        </button>
      )}
    </div>
  );
}

function greetingOf(text: string): Said {
  return { id: 'greeting', who: 'bot', name: '', at: 0, content: { is: 'text', text }, quotes: null };
}

function quotedBy(entry: Entry, entries: Entry[]): Said | null {
  const id = entry.is === 'said' ? entry.said.quotes : null;
  const found = id ? entries.find((one) => idOf(one) === id) : undefined;
  return found?.is === 'said' ? found.said : null;
}

interface LineProps {
  entry: Entry;
  before: Entry | undefined;
  after: Entry | undefined;
  quoted: Said | null;
  seen: boolean;
  newest: boolean;
  language: Language;
  say: Props['say'] | null;
}

function EntryLine({ entry, before, after, quoted, seen, newest, language, say }: LineProps) {
  const isNewDay = !before || new Date(timeOf(before)).toDateString() !== new Date(timeOf(entry)).toDateString();
  return (
    <>
      {isNewDay && timeOf(entry) > 0 && <div class="day">{language.day(timeOf(entry), Date.now())}</div>}
      {entry.is === 'said' ? (
        <Bubble
          said={entry.said}
          first={isNewDay || !isTogether(before, entry)}
          last={!isTogether(entry, after)}
          quoted={quoted}
          state={newest ? (seen ? 'seen' : 'sent') : null}
          language={language}
          say={say}
        />
      ) : (
        <div class="notice">
          {entry.is === 'nobody' ? language.say('nobody') : language.say(entry.is, { name: entry.agent.name || language.say('agent') })}
        </div>
      )}
    </>
  );
}

function isTogether(one: Entry | undefined, other: Entry | undefined): boolean {
  return (
    one?.is === 'said' &&
    other?.is === 'said' &&
    one.said.who === other.said.who &&
    one.said.name === other.said.name &&
    other.said.at - one.said.at < TOGETHER_MS
  );
}

interface BubbleProps {
  said: Said;
  first: boolean;
  last: boolean;
  quoted?: Said | null;
  state?: 'sent' | 'seen' | null;
  language: Language;
  say: Props['say'] | null;
}

function Bubble({ said, first, last, quoted, state, language, say }: BubbleProps) {
  const { who, content } = said;
  const isMine = who === 'me';
  const name = isMine ? language.say('me') : said.name || language.say(who === 'bot' ? 'bot' : 'agent');
  return (
    <div class={`line ${isMine ? 'mine' : 'theirs'}${first ? ' first' : ''}`}>
      {!isMine && (last ? <Avatar name={said.name} /> : <span class="avatar none" />)}
      <div class="stack">
        {first && !isMine && said.at > 0 && (
          <span class="who" dir="auto">
            {name}
          </span>
        )}
        <div class={`bubble of-${content.is}`}>
          {(isMine || !first) && <span class="hidden">{name}:</span>}
          {quoted && (
            <blockquote dir="auto">
              <span class="hidden">{language.say('reply')}</span>
              {'text' in quoted.content ? quoted.content.text : 'name' in quoted.content ? quoted.content.name : '…'}
            </blockquote>
          )}
          <Content content={content} marked={!isMine} language={language} say={say} />
        </div>
        {last && said.at > 0 && (
          <span class="meta">
            {language.timeOfDay(said.at)}
            {isMine && state && (
              <span class={`state ${state}`}>
                <Icon of={state === 'seen' ? 'checks' : 'check'} />
                {language.say(state)}
              </span>
            )}
          </span>
        )}
      </div>
    </div>
  );
}

function Waiting({ outgoing, language, retry, discard, base, chat }: Props & { outgoing: Outgoing }) {
  const { id, state, body } = outgoing;
  const isFailed = state.is === 'failed';
  const isOver = chat.phase.is === 'over';
  return (
    <div class={`line mine pending${isFailed ? ' failed' : ''}`}>
      <div class="stack">
        <div class="bubble">
          <span class="hidden">{language.say('me')}:</span>
          <Content content={readable(body, base)} marked={false} language={language} say={null} />
        </div>
        <span class="meta" role="status">
          <Icon of={isFailed ? 'alert' : 'clock'} />
          {isFailed ? `${language.say('failed')}: ${language.reason(state.why)}` : language.say(isOver ? 'unsent' : state.is)}
          {isFailed && (
            <>
              <button type="button" class="word" onClick={() => retry(id)}>
                {language.say('retry')}
              </button>
              <button type="button" class="word" onClick={() => discard(id)}>
                {language.say('discard')}
              </button>
            </>
          )}
        </span>
      </div>
    </div>
  );
}

export function Avatar({ name }: { name: string }) {
  const initials = name
    .split(/\s+/)
    .flatMap((word) => Array.from(word)[0] ?? [])
    .slice(0, 2)
    .join('');
  return (
    <span class="avatar" aria-hidden="true">
      {initials || <Icon of="chat" />}
    </span>
  );
}
