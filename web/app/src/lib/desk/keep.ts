// What must outlive a reload: whatever is being written, messages the hub has not taken yet, and which conversation is open.
// Kept in this browser, under the agent's id, and gone when he signs out.

import { readBody } from './body';
import { EMPTY_DRAFT, isBlank, type Attachment, type Desk, type Draft, type Unsent } from './model';
import { kept as keptOf, takenUp } from './profile';
import { at, list, object, objects, readSaid, text, textOrNull, type Wire } from './read';

export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const FORMAT = 1;

const keyOf = (me: string) => `tieline.desk.${me}`;

/** Writes down what would be lost. A browser that has no room or no leave to keep things goes on without. */
export function keep(shelf: Shelf, desk: Desk): void {
  const { announcement, outbox, selected } = desk;
  const drafts = Object.entries(desk.drafts).filter(([, draft]) => !isBlank(draft));
  const edits = Object.entries(desk.edits).flatMap(([id, edit]) => {
    const kept = keptOf(edit);
    return kept ? [[id, kept]] : [];
  });
  try {
    const isEmpty = drafts.length + edits.length + outbox.length + announcement.trim().length === 0 && selected === null;
    if (isEmpty) shelf.removeItem(keyOf(desk.me.id));
    else shelf.setItem(keyOf(desk.me.id), JSON.stringify({ format: FORMAT, drafts, edits, announcement, outbox, selected }));
  } catch {
    return;
  }
}

/** The desk with what was kept. Files that were still on their way have to be sent anew. */
export function restore(shelf: Shelf, desk: Desk): Desk {
  let kept: Wire;
  try {
    kept = object(JSON.parse(shelf.getItem(keyOf(desk.me.id)) ?? 'null'));
  } catch {
    return desk;
  }
  if (kept.format !== FORMAT) return desk;
  const pairs = (of: unknown) => list(of).filter(Array.isArray) as [unknown, unknown][];
  return {
    ...desk,
    drafts: Object.fromEntries(pairs(kept.drafts).map(([id, draft]) => [text(id), readDraft(draft)])),
    edits: Object.fromEntries(pairs(kept.edits).map(([id, edit]) => [text(id), takenUp(object(edit))])),
    announcement: text(kept.announcement),
    outbox: objects(kept.outbox).flatMap((one) => readUnsent(one) ?? []),
    selected: textOrNull(kept.selected),
  };
}

export function forget(shelf: Shelf, me: string): void {
  try {
    shelf.removeItem(keyOf(me));
  } catch {
    return;
  }
}

function readDraft(kept: unknown): Draft {
  const of = object(kept);
  return {
    ...EMPTY_DRAFT,
    text: text(of.text),
    inside: of.inside === true,
    replyTo: textOrNull(of.replyTo),
    edits: textOrNull(of.edits),
    attachments: objects(of.attachments).map(readAttachment),
    codes: objects(of.codes).map((one) => ({ category: text(one.category), value: text(one.value) })),
    note: text(of.note),
    helpNote: text(of.helpNote),
    linkSearch: text(of.linkSearch),
  };
}

function readAttachment(kept: Wire): Attachment {
  const about = { id: text(kept.id), name: text(kept.name), size: Number(kept.size) || 0, type: text(kept.type) };
  const stored = kept.state === 'ready' ? textOrNull(kept.stored) : null;
  if (stored) return { ...about, state: 'ready', stored, problem: null };
  return { ...about, state: 'failed', stored: null, problem: textOrNull(kept.problem) };
}

function readUnsent(kept: Wire): Unsent | null {
  const wire = object(kept.wire);
  const id = text(kept.id);
  const conversation = text(kept.conversation);
  if (!id || !conversation || text(at(wire, 'data', 'id')) !== id) return null;
  return {
    id,
    conversation,
    at: Number(kept.at) || 0,
    inside: kept.inside === true,
    wire,
    body: readBody(at(wire, 'data', 'body')),
    replyTo: textOrNull(kept.replyTo),
    edits: textOrNull(kept.edits),
    session: textOrNull(kept.session),
    refused: kept.refused ? readSaid(at(kept.refused, 'words'), at(kept.refused, 'why')) : null,
  };
}
