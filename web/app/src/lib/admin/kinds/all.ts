/** Every kind there is, by its key and by what the hub calls it. */

import { channel, channelType, connector, customerAttribute, provider } from './channels';
import { cannedMessage, form, label, reasonCode } from './desk';
import { calendar } from './hours';
import type { Kind } from './kind';
import { announcement, team, user } from './people';
import { bot, domain, pullList, queue, routingAttribute } from './routing';
import { settings } from './settings';
import { widget } from './widget';

export const KINDS: Kind[] = [
  channel, connector, provider, channelType, customerAttribute,
  queue, domain, routingAttribute, pullList, bot,
  calendar, widget, form, user, team, reasonCode, label, cannedMessage, announcement, settings,
];

/** A kind of which the caller knows that there is one. */
export function kindOf(key: string): Kind {
  const kind = findKind(key);
  if (!kind) throw new Error(`no kind is called ${key}`);
  return kind;
}

export function findKind(key: string): Kind | undefined {
  return KINDS.find((kind) => kind.key === key);
}

/** Where an object is shown that the hub names, for example in a refusal, and what its kind is called on the screen. */
export function placeOf(noun: string, id: string): { href: string; kind: string } | undefined {
  const kind = KINDS.find((kind) => kind.noun === noun);
  return kind && { href: `/app/admin/${kind.key}/${encodeURIComponent(id)}`, kind: kind.singular() };
}
