// The whole widget: the button on the page, and the window it opens.

import { useEffect, useRef, useState } from 'preact/hooks';
import { mayWrite, timeOf, unread } from '../chat';
import type { Client } from '../client';
import { type Answers, type Form, type Patterns, filledIn, flaw, identifierIn } from '../form';
import type { Hours, Hub, Setup } from '../hub';
import type { Memory, Taste } from '../memory';
import type { Said } from '../message';
import type { Answer, Body } from '../wire';
import type { Language } from '../words';
import { Composer } from './Composer';
import { Avatar, Log } from './Log';
import { Closed, StartForm } from './Start';
import { first, keepInside } from './focus';
import { Icon } from './icons';

/** Steps of text size a customer can choose. */
const SIZES_MAX = 3;

/** What has to be there before anything can be shown. */
export interface Ready {
  hub: Hub;
  setup: Setup;
  client: Client;
  memory: Memory;
}

export interface Props {
  language: Language;
  position: 'start' | 'end';
  isOpen: boolean;
  /** `null` while it is fetched; false when that failed. */
  ready: Ready | null | false;
  /** What the page says of its customer. */
  known: Answers;
  identifierField: string | null;
  turn: (open: boolean) => void;
  again: () => void;
  like: (taste: Taste) => void;
  taste: Taste;
  /** The newest message that came while nobody was looking. */
  rang: Said | null;
}

export function Widget(props: Props) {
  const { language, isOpen, ready, turn, position, taste } = props;
  const launcher = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(isOpen);
  useEffect(() => {
    if (wasOpen.current && !isOpen) launcher.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  const count = ready ? unread(ready.client.chat) : 0;
  const label = isOpen ? 'close' : count ? 'openUnread' : 'open';
  return (
    <div class={`root ${position} size-${taste.size}${isOpen ? ' opened' : ''}`} lang={language.tag} dir={language.direction}>
      {isOpen && <Panel {...props} />}
      <button type="button" class="launcher" ref={launcher} aria-expanded={isOpen} aria-label={language.say(label, { count: language.count(count) })} onClick={() => turn(!isOpen)}>
        <Icon of={isOpen ? 'down' : 'chat'} />
        {!isOpen && count > 0 && (
          <span class="badge" aria-hidden="true">
            {count > 99 ? '99+' : language.count(count)}
          </span>
        )}
      </button>
      <div class="hidden" role="status">
        {!isOpen && props.rang && language.say('newMessage', { name: props.rang.name || language.say(props.rang.who === 'bot' ? 'bot' : 'agent') })}
      </div>
    </div>
  );
}

function Panel(props: Props) {
  const { language, ready, turn, again } = props;
  const panel = useRef<HTMLDivElement>(null);
  const isFull = matchMedia('(max-width: 480px)').matches;
  useEffect(() => first(panel.current!)?.focus(), []);
  const pressed = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      turn(false);
    }
    // Over the whole page, nothing behind it can be reached.
    if (event.key === 'Tab' && isFull) keepInside(panel.current!, event);
  };
  return (
    <section class="panel" role="dialog" aria-modal={isFull} aria-labelledby="title" ref={panel} onKeyDown={pressed}>
      {ready ? (
        // What was asked belongs to the form it was asked by.
        <Chatting key={ready.setup.form ?? ''} {...props} ready={ready} />
      ) : (
        <>
          <div class="head">
            <h1 id="title">{language.say('chat')}</h1>
            <CloseButton {...props} />
          </div>
          <div class="nothing" role="status">
            {ready === null ? (
              <>
                <i class="spinner" />
                {language.say('loading')}
              </>
            ) : (
              <>
                <Icon of="alert" />
                {language.say('unavailable')}
                <button type="button" class="primary" onClick={again}>
                  {language.say('tryAgain')}
                </button>
              </>
            )}
          </div>
        </>
      )}
    </section>
  );
}

function Chatting(props: Props & { ready: Ready }) {
  const { language, ready } = props;
  const { client, memory, setup } = ready;
  const { chat } = client;
  const texts = textsOf(setup, language);
  const [drop, setDrop] = useState(false);
  const begun = useBeginning(props);
  const agent = chat.agents.at(-1);
  const isRunning = chat.phase.is === 'running';
  const takesFiles = setup.offers.files && isRunning;

  useEffect(() => {
    const look = () => client.happen({ is: 'watch', on: document.visibilityState === 'visible' });
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      client.happen({ is: 'watch', on: false });
    };
  }, [client]);

  const write = (body: Body) => {
    if (chat.phase.is === 'idle') begun.begin();
    client.write(body);
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setDrop(false);
    if (takesFiles && event.dataTransfer) client.attach(event.dataTransfer.files);
  };
  const isForm = chat.phase.is === 'idle' && begun.form !== null && !begun.isFilledIn;
  return (
    <div
      class="inside"
      onDragOver={(event) => {
        event.preventDefault();
        setDrop(takesFiles);
      }}
      onDragLeave={(event) => event.currentTarget === event.target && setDrop(false)}
      onDrop={dropped}
    >
      <div class="head">
        {agent ? <Avatar name={agent.name} /> : setup.logo && <Logo key={setup.logo} url={setup.logo} name={texts.title} />}
        <div class="titles">
          <h1 id="title">
            <bdi>{agent ? agent.name || language.say('agent') : texts.title || language.say('chat')}</bdi>
          </h1>
          <p>
            <bdi>{agent ? texts.title : texts.subTitle}</bdi>
          </p>
        </div>
        <Menu {...props} title={texts.title} />
        <CloseButton {...props} />
      </div>
      <Status {...props} />
      {chat.phase.is === 'idle' && begun.hours && !begun.hours.open && <Closed hours={begun.hours} language={language} />}
      {isForm && begun.form ? (
        <div class="scroll">
          {texts.greeting && <p class="greeting" dir="auto">{texts.greeting}</p>}
          <StartForm
            form={begun.form}
            patterns={begun.patterns}
            language={language}
            answers={begun.answers}
            refusal={chat.phase.is === 'idle' ? chat.phase.refusal : null}
            changed={begun.answer}
            submit={begun.begin}
          />
        </div>
      ) : begun.isLoading ? (
        <div class="nothing" role="status">
          <i class="spinner" />
          {language.say('loading')}
        </div>
      ) : (
        <>
          <Log
            chat={chat}
            base={ready.hub.base.href}
            language={language}
            greeting={chat.entries.length ? '' : texts.greeting}
            say={({ title, says }) => client.write({ type: 'PLAIN', markdownText: says, additionalDetails: { title } })}
            retry={(id) => client.happen({ is: 'retry', id })}
            discard={(id) => client.happen({ is: 'discard', id })}
          />
          {chat.phase.is === 'idle' && chat.phase.refusal && (
            <p class="wrong foot" role="alert">
              <Icon of="alert" />
              <span dir="auto">{language.reason(chat.phase.refusal.why)}</span>
            </p>
          )}
          {chat.phase.is === 'over' ? (
            <Over {...props} />
          ) : (
            <Composer
              language={language}
              setup={setup}
              draft={memory.draft()}
              takesFiles={takesFiles}
              uploads={client.uploads}
              changed={(draft) => {
                memory.keepDraft(draft);
                if (draft) client.happen({ is: 'typed', at: Date.now() });
              }}
              send={(text) => write({ type: 'PLAIN', markdownText: text })}
              attach={(files) => client.attach(files)}
              detach={(id) => client.detach(id)}
            />
          )}
        </>
      )}
      {drop && <div class="drop">{language.say('drop')}</div>}
    </div>
  );
}

/** Where a picture cannot be had, the title stands alone. */
function Logo({ url, name }: { url: string; name: string }) {
  const [isGone, miss] = useState(false);
  return isGone ? null : <img class="logo" src={url} alt={name} onError={() => miss(true)} />;
}

/** What is asked before a chat, and how it begins. */
function useBeginning({ ready, known, identifierField }: Props & { ready: Ready }) {
  const { hub, setup, client, memory } = ready;
  const [asked, setAsked] = useState<{ form: Form | null; patterns: Patterns } | null>(setup.form ? null : { form: null, patterns: {} });
  const [hours, setHours] = useState<Hours | null>(null);
  const [answers, answer] = useState<Answers>({});
  const isIdle = client.chat.phase.is === 'idle';
  useEffect(() => {
    if (!isIdle) return;
    // Without its hours a chat is as good; without its form the hub would refuse it.
    hub.hours(setup.service).then(setHours, () => setHours(null));
    if (!setup.form || asked) return;
    const patterns = hub.patterns().catch(() => ({}));
    Promise.all([hub.form(setup.form), patterns]).then(
      ([form, patterns]) => setAsked({ form, patterns }),
      () => setAsked({ form: null, patterns: {} }),
    );
  }, [isIdle]);
  const form = asked?.form ?? null;
  const patterns = asked?.patterns ?? {};
  const all = { ...known, ...answers };
  const refused = client.chat.phase.is === 'idle' && client.chat.phase.refusal !== null;
  const begin = () => {
    const given = form ? filledIn(form, all) : [];
    const beside = Object.entries(known).filter(([key]) => key !== 'identifier' && !given.some((one) => one.key === key));
    const filled = [...given, ...beside.map(([key, value]): Answer => ({ key, type: 'string', value }))];
    const named = typeof known.identifier === 'string' ? known.identifier : null;
    const identifier = named ?? identifierIn(filled, identifierField) ?? memory.visitor();
    client.happen({ is: 'begin', visitor: { identifier, form: form?.id ?? null, answers: filled } });
  };
  /** The page has told all that is asked for. */
  const isFilledIn = form !== null && !refused && Object.keys(known).length > 0 && form.questions.every((one) => !flaw(one, known[one.key], patterns));
  return { form, patterns, hours, answers: all, answer, begin, isFilledIn, isLoading: isIdle && asked === null };
}

function textsOf({ words, translated }: Setup, { tag, code }: Language) {
  const texts = translated[tag] ?? translated[code] ?? {};
  return {
    title: texts.title || words.title,
    subTitle: texts.subTitle || words.subTitle,
    greeting: texts.greeting || words.greeting,
  };
}

/** What is going on, in a line: the connection first, then the way to an agent. */
function Status({ language, ready }: Props & { ready: Ready }) {
  const { phase, line, stage, typing } = ready.client.chat;
  let said = '';
  let kind = 'calm';
  if (line === 'down') {
    [said, kind] = [language.say('lost'), 'lost'];
  } else if (phase.is === 'starting') {
    said = language.say(phase.delayed ? 'delayed' : 'beginning');
  } else if (phase.is === 'running' && !phase.synced) {
    said = language.say('connecting');
  } else if (phase.is === 'running' && stage.is === 'queued') {
    const { position, secs } = stage;
    said = language.say('queued');
    if (position) said = language.say('position', { position: language.count(position) });
    if (secs) said += ` ${language.say('wait', { time: language.span(secs) })}`;
  } else if (phase.is === 'running' && stage.is === 'ringing') {
    said = language.say('ringing');
  }
  return (
    <>
      <div class={`status ${kind}`} role="status">
        {said && <p>{said}</p>}
      </div>
      <div class="hidden" role="status">
        {typing && language.say('typing', { name: typing.name || language.say('agent') })}
      </div>
    </>
  );
}

function Over({ language, ready }: Props & { ready: Ready }) {
  const { phase } = ready.client.chat;
  if (phase.is !== 'over') return null;
  const said = { me: 'overMe', them: 'overThem', silence: 'overSilence', away: 'overAway' } as const;
  return (
    <div class="over">
      <p role="status">{language.say(said[phase.why])}</p>
      <button type="button" class="primary" onClick={() => ready.client.happen({ is: 'forget' })}>
        {language.say('again')}
      </button>
    </div>
  );
}

function Menu({ language, ready, taste, like, title }: Props & { ready: Ready; title: string }) {
  const [isOpen, open] = useState(false);
  const [isSure, ask] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const { client, setup } = ready;
  const { chat } = client;
  const close = () => {
    open(false);
    ask(false);
  };
  useEffect(() => {
    if (!isOpen) return;
    const elsewhere = (event: Event) => !event.composedPath().includes(box.current!) && close();
    const root = box.current!.getRootNode();
    root.addEventListener('pointerdown', elsewhere);
    return () => root.removeEventListener('pointerdown', elsewhere);
  }, [isOpen]);
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !isOpen) return;
    event.stopPropagation();
    close();
    box.current?.querySelector('button')?.focus();
  };
  const save = () => {
    download(`${title || language.say('chat')}.txt`, transcript(ready, language));
    close();
  };
  return (
    <div class="menu" ref={box} onKeyDown={pressed}>
      <button type="button" class="tool" aria-label={language.say('options')} aria-expanded={isOpen} onClick={() => (isOpen ? close() : open(true))}>
        <Icon of="more" />
      </button>
      {isOpen && (
        <div class="sheet">
          {isSure ? (
            <>
              <p>{language.say('endSure')}</p>
              <button
                type="button"
                class="danger"
                onClick={() => {
                  client.happen({ is: 'end' });
                  close();
                }}
              >
                {language.say('end')}
              </button>
              <button type="button" onClick={close}>
                {language.say('stay')}
              </button>
            </>
          ) : (
            <>
              <button type="button" onClick={() => like({ ...taste, silent: !taste.silent })}>
                {language.say(taste.silent ? 'soundOn' : 'soundOff')}
              </button>
              {setup.offers.fontSize && (
                <>
                  <button type="button" disabled={taste.size >= SIZES_MAX} onClick={() => like({ ...taste, size: taste.size + 1 })}>
                    {language.say('larger')}
                  </button>
                  <button type="button" disabled={taste.size <= 0} onClick={() => like({ ...taste, size: taste.size - 1 })}>
                    {language.say('smaller')}
                  </button>
                </>
              )}
              {setup.offers.transcript && chat.entries.length > 0 && (
                <button type="button" onClick={save}>
                  {language.say('transcript')}
                </button>
              )}
              {mayWrite(chat) && (
                <button type="button" class="danger" disabled={chat.phase.is === 'running' && chat.line !== 'up'} onClick={() => ask(true)}>
                  {language.say('end')}
                </button>
              )}
            </>
          )}
        </div>
      )}
    </div>
  );
}

function CloseButton({ language, turn }: Props) {
  return (
    <button type="button" class="tool" aria-label={language.say('close')} onClick={() => turn(false)}>
      <Icon of="close" />
    </button>
  );
}

function transcript({ client }: Ready, language: Language): string {
  const lines = client.chat.entries.map((entry) => {
    const at = `${language.moment(timeOf(entry))}  `;
    if (entry.is === 'nobody') return at + language.say('nobody');
    if (entry.is !== 'said') return at + language.say(entry.is, { name: entry.agent.name || language.say('agent') });
    const { who, name, content } = entry.said;
    const spoken = who === 'me' ? language.say('me') : name || language.say(who === 'bot' ? 'bot' : 'agent');
    const parts = ['title' in content && content.title, 'text' in content && content.text, 'name' in content && content.name, 'url' in content && content.url];
    return `${at}${spoken}: ${parts.filter(Boolean).join(' ')}`;
  });
  return `${lines.join('\n')}\n`;
}

function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
