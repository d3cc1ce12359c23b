// One message's content.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Card, Choice, Content as Shown } from '../message';
import { pieces } from '../text';
import type { Language } from '../words';
import { Icon } from './icons';

interface Around {
  language: Language;
  /** Says the text of a button; `null` when the buttons are of the past. */
  say: ((choice: Extract<Choice, { says: string }>) => void) | null;
}

export function Content({ content, marked, ...around }: Around & { content: Shown; marked: boolean }) {
  const { language } = around;
  switch (content.is) {
    case 'text':
      return <Words text={content.text} marked={marked} />;
    case 'image':
    case 'sticker': {
      const name = content.is === 'image' ? content.name : language.say('sticker');
      return (
        <>
          <Picture url={content.url} name={name || language.say('image')} language={language} kind={content.is} />
          {content.is === 'image' && <Caption text={content.caption} marked={marked} />}
        </>
      );
    }
    case 'video':
    case 'audio': {
      const Player = content.is;
      const name = content.name || language.say(content.is);
      return content.url ? (
        <>
          <Player class="player" src={content.url} controls preload="metadata" aria-label={name} />
          <Caption text={content.caption} marked={marked} />
        </>
      ) : (
        <Gone language={language} />
      );
    }
    case 'file':
      return (
        <>
          <Attachment url={content.url} name={content.name || language.say('file')} bytes={content.bytes} language={language} />
          <Caption text={content.caption} marked={marked} />
        </>
      );
    case 'link':
      return (
        <>
          <Words text={content.text} marked={marked} />
          <Tile icon="link" href={content.url} title={content.url ? new URL(content.url).host : language.say('gone')} note={language.say('link')} />
        </>
      );
    case 'place':
      return (
        <>
          <Words text={content.text} marked={marked} />
          <Tile icon="pin" href={content.url} title={language.say('place')} />
        </>
      );
    case 'people':
      return content.people.map(({ name, phones }) => (
        <div class="tile">
          <Icon of="person" />
          <div>
            <strong dir="auto">{name || phones[0]}</strong>
            {phones.map((phone) => (
              <Link href={`tel:${phone.replace(/[^\d+]/g, '')}`}>
                <bdi dir="ltr">{phone}</bdi>
              </Link>
            ))}
          </div>
        </div>
      ));
    case 'choices':
      return (
        <>
          {content.title && <strong dir="auto">{content.title}</strong>}
          <Words text={content.text} marked={marked} />
          {content.footer && <small dir="auto">{content.footer}</small>}
          <Choices choices={content.choices} {...around} />
        </>
      );
    case 'cards':
      return (
        <>
          <Words text={content.text} marked={marked} />
          <ul class="cards" tabIndex={0}>
            {content.cards.map((card) => (
              <CardTile card={card} {...around} />
            ))}
          </ul>
        </>
      );
    case 'email':
      return (
        <>
          <div class="tile">
            <Icon of="mail" />
            <div>
              <strong dir="auto">{content.subject}</strong>
              <bdi dir="ltr">{content.from}</bdi>
            </div>
          </div>
          <Words text={content.text} marked={false} />
          {content.files.map(({ name, url }) => (
            <Attachment url={url} name={name} bytes={null} language={language} />
          ))}
        </>
      );
    case 'table':
      return (
        <>
          {content.title && <strong dir="auto">{content.title}</strong>}
          <Words text={content.text} marked={marked} />
          {content.rows.length > 0 && (
            <dl class="rows">
              {content.rows.map(([name, value]) => (
                <div>
                  <dt dir="auto">{name}</dt>
                  <dd dir="auto">{value}</dd>
                </div>
              ))}
            </dl>
          )}
        </>
      );
    case 'unknown':
      return (
        <>
          <Words text={content.text} marked={marked} />
          <small>{language.say('unknown', { type: content.type })}</small>
        </>
      );
  }
}

export function Words({ text, marked }: { text: string; marked: boolean }) {
  if (!text) return null;
  return (
    <p class="words" dir="auto">
      {pieces(text, marked).map((piece) => {
        switch (piece.is) {
          case 'link':
            return <Link href={piece.href}>{piece.text}</Link>;
          case 'strong':
            return <strong>{piece.text}</strong>;
          case 'em':
            return <em>{piece.text}</em>;
          case 'code':
            return <code>{piece.text}</code>;
          default:
            return piece.text;
        }
      })}
    </p>
  );
}

function Caption({ text, marked }: { text: string; marked: boolean }) {
  return <Words text={text} marked={marked} />;
}

/** A link that tells the page it opens nothing about this one. */
export function Link({ href, children, ...more }: { href: string; children: ComponentChildren; class?: string; download?: string }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" {...more}>
      {children}
    </a>
  );
}

function Picture({ url, name, language, kind }: { url: string | null; name: string; language: Language; kind: 'image' | 'sticker' }) {
  const [failed, fail] = useState(false);
  if (!url || failed) return <Gone language={language} />;
  return (
    <Link href={url} class={`picture ${kind}`}>
      <img src={url} alt={name} loading="lazy" onError={() => fail(true)} />
    </Link>
  );
}

function Gone({ language }: { language: Language }) {
  return <small class="gone">{language.say('gone')}</small>;
}

function Attachment({ url, name, bytes, language }: { url: string | null; name: string; bytes: number | null; language: Language }) {
  const note = bytes === null ? language.say('file') : language.size(bytes);
  return <Tile icon="file" href={url} title={name} note={url ? note : language.say('gone')} />;
}

function Tile({ icon, href, title, note }: { icon: 'file' | 'link' | 'pin'; href: string | null; title: string; note?: string }) {
  const inside = (
    <>
      <Icon of={icon} />
      <span>
        <strong dir="auto">{title}</strong>
        {note && <small>{note}</small>}
      </span>
    </>
  );
  return href ? (
    <Link href={href} class="tile">
      {inside}
    </Link>
  ) : (
    <div class="tile">{inside}</div>
  );
}

function Choices({ choices, say }: Around & { choices: Choice[] }) {
  if (!choices.length) return null;
  return (
    <div class="choices">
      {choices.map((choice) =>
        'opens' in choice ? (
          <Link href={choice.opens} class="choice">
            {choice.title}
          </Link>
        ) : (
          <button type="button" class="choice" dir="auto" disabled={!say} onClick={() => say?.(choice)}>
            {choice.title}
          </button>
        ),
      )}
    </div>
  );
}

function CardTile({ card, ...around }: Around & { card: Card }) {
  const inside = (
    <>
      {card.image && <img src={card.image} alt="" loading="lazy" />}
      <span dir="auto">{card.text}</span>
    </>
  );
  return (
    <li class="card">
      {card.opens ? <Link href={card.opens}>{inside}</Link> : inside}
      <Choices choices={card.choices} {...around} />
    </li>
  );
}
