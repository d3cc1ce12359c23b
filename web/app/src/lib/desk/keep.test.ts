import { expect, test } from 'vitest';
import { correct, redraft, select, send, tidied, withoutStray } from './act';
import { countdown, elapsed, hubTime, left, share, skewAfter } from './clock';
import { AMINA, NOW, talking, topic } from './fixtures';
import { forget, keep, restore, type Shelf } from './keep';
import { emptyDesk, strays } from './model';
import { begun, readAttribute, rebased, typedAt, type Attribute, type Edit } from './profile';
import { codesOf } from './say';
import { told } from './told';

function shelf(full = false): Shelf & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => {
      if (full) throw new Error('QuotaExceededError');
      kept.set(key, value);
    },
    removeItem: (key) => void kept.delete(key),
  };
}

test('what was typed and what was not sent are there after a reload', () => {
  const on = shelf();
  const files = [
    { id: 'f1', name: 'a.png', size: 1, type: 'image/png', state: 'ready' as const, stored: '1_a.png', problem: null },
    { id: 'f2', name: 'b.png', size: 1, type: 'image/png', state: 'uploading' as const, stored: null, problem: null },
    { id: 'f3', name: 'c.exe', size: 1, type: '', state: 'failed' as const, stored: null, problem: 'is not taken' },
  ];
  const sent = send(redraft(talking(), 'c1', { text: 'Good morning' }), 'c1', NOW, () => 'own');
  const about = { codes: [{ category: 'Problem', value: 'Billing' }], note: 'Wants a cre' };
  const typed = redraft(sent, 'c1', { text: 'half a sen', inside: true, attachments: files, ...about });
  keep(on, typed);
  const back = restore(on, emptyDesk(AMINA));
  expect(back.outbox).toEqual(typed.outbox);
  expect(back.drafts.c1).toEqual({ ...typed.drafts.c1, attachments: [files[0], { ...files[1], state: 'failed' }, files[2]] });
  expect(back.selected).toBe('c1');
});

test('corrections of a profile go on after a reload, with the customer as he is by then', () => {
  const on = shelf();
  const pin = readAttribute({ key: 'pin', label: 'PIN', type: 'password' });
  const [name, city] = ['firstName', 'city'].map((key) => readAttribute({ key, label: key, type: 'string' })) as [Attribute, Attribute];
  let edit = begun({ _id: 'jonas', firstName: 'Jonas', city: 'Kiel', email: 'j@example.org' }, '"1"');
  for (const [attribute, value] of [[name, 'Jonas B.'], [city, 'Bremen'], [pin, '1234']] as const) edit = typedAt(edit, attribute, 0, value);
  keep(on, correct(talking(), 'jonas', edit));
  expect([...on.kept.values()].join()).not.toMatch(/1234|example\.org/);
  const back = restore(on, emptyDesk(AMINA)).edits.jonas;
  expect(back).toMatchObject({ stale: true, typed: { firstName: ['Jonas B.'], city: ['Bremen'] } });
  const now = { _id: 'jonas', firstName: 'Jonas', city: 'Lübeck' };
  expect(rebased(back as Edit, now, '"2"')).toMatchObject({ stale: false, etag: '"2"', read: now, theirs: { city: ['Lübeck'] } });
});

test('whatever else is half written is there after a reload, too', () => {
  const on = shelf();
  const written = { helpNote: 'He knows the con', linkSearch: 'of Bre' };
  keep(on, { ...redraft(talking(), 'c1', written), announcement: 'Lunch is at no' });
  const back = restore(on, emptyDesk(AMINA));
  expect(back).toMatchObject({ drafts: { c1: written }, announcement: 'Lunch is at no' });
});

test('what was written where the agent is no longer is found, and put away', () => {
  const on = shelf();
  keep(on, redraft(talking(), 'c1', { text: 'half a sen', note: 'Wants a cre', codes: [{ category: 'Problem', value: 'Billing' }] }));
  const back = restore(on, emptyDesk(AMINA));
  expect(strays(back)).toEqual([{ id: 'c1', words: 'half a sen\nProblem: Billing\nWants a cre' }]);
  expect(strays(told(back, 'onTopicData', topic(), NOW))).toEqual([]);
  expect(strays(withoutStray(back, 'c1'))).toEqual([]);
  const [kept, blank] = [redraft(back, 'c2', { linkSearch: 'of Bre' }), told(back, 'onTopicData', topic([], {}, 'c2'), NOW)];
  expect(Object.keys(tidied(kept).drafts)).toEqual(['c1']);
  expect(Object.keys(tidied(redraft(blank, 'c2', { linkSearch: 'of Bre' })).drafts)).toEqual(['c1', 'c2']);
});

test('nothing of it stays when there is nothing, or its agent signs out', () => {
  const on = shelf();
  keep(on, redraft(talking(), 'c1', { text: 'x' }));
  expect(on.kept.size).toBe(1);
  keep(on, select(redraft(talking(), 'c1', { text: '' }), null));
  expect(on.kept.size).toBe(0);
  keep(on, redraft(talking(), 'c1', { text: 'x' }));
  forget(on, AMINA.id);
  expect(on.kept.size).toBe(0);
});

test('another agent of this browser finds none of it', () => {
  const on = shelf();
  keep(on, redraft(talking(), 'c1', { text: 'x' }));
  expect(restore(on, emptyDesk({ ...AMINA, id: 'omar' })).drafts).toEqual({});
});

test.each(['', 'nonsense', '{}', '{"format":1,"drafts":7,"edits":[null,7],"outbox":[null,{"id":1}]}', '{"format":99}'])('what was kept may be anything: %j', (kept) => {
  const on = shelf();
  on.kept.set('tieline.desk.amina', kept);
  expect(restore(on, emptyDesk(AMINA))).toMatchObject({ drafts: {}, outbox: [] });
});

test('a browser that is full keeps nothing and says nothing', () => {
  expect(() => keep(shelf(true), redraft(talking(), 'c1', { text: 'x' }))).not.toThrow();
});

test.each([
  ['2026-03-02T10:00:00.000+00:00', NOW],
  ['2026-03-02 10:00:00', NOW],
  ['2026-03-02 10:00:00.250', NOW + 250],
  [NOW, NOW],
  [String(NOW), NOW],
  ['', null],
  [null, null],
  ['soon', null],
])('the hub writes %j', (written, expected) => {
  expect(hubTime(written)).toBe(expected);
});

test.each([
  [null, NOW - 80, 80],
  [80, NOW - 500, 80],
  [80, NOW + 3000, -3000],
  [80, null, 80],
  [80, 1, 80],
])('how far the clocks are apart: %j', (skew, sent, expected) => {
  expect(skewAfter(skew, sent, NOW)).toBe(expected);
});

test.each([
  [0, '0:00', '0:00'],
  [1, '0:01', '0:00'],
  [61_500, '1:02', '1:01'],
  [3_600_000, '1:00:00', '1:00:00'],
  [-5, '0:00', '0:00'],
])('%i ms down and up', (ms, down, up) => {
  expect([countdown(ms), elapsed(ms)]).toEqual([down, up]);
});

test('what is left of a timer, as a share', () => {
  expect([0, 5000, 10_000, 99_000].map((past) => share({ until: 10_000, total: 10_000 }, past))).toEqual([1, 0.5, 0, 0]);
  expect([-400, 4000].map((past) => left({ until: 10_000, total: 10_000 }, past))).toEqual([10_000, 6000]);
});

test('the codes of a wrap-up form', () => {
  const form = {
    attributes: [
      { label: 'Reason', categoryOptions: { isMultipleChoice: true, categories: [{ categoryName: 'Technical', values: ['x'] }, { categoryName: 'Bill', values: [{ value: 'Late' }, { value: 'Wrong' }] }] } },
      { label: 'Free text' },
    ],
  };
  expect(codesOf(form)).toEqual([
    { category: 'Technical', values: ['x'], many: true },
    { category: 'Bill', values: ['Late', 'Wrong'], many: true },
  ]);
  expect(codesOf(null)).toEqual([]);
});
