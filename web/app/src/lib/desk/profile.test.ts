import { describe, expect, test } from 'vitest';
import { begun, fieldsOf, flawAt, isMasked, isTouched, readAttribute, readPatterns, rebased, retyped, typedAt, written } from './profile';

const NAME = readAttribute({ key: 'firstName', label: 'First name', type: 'name', isRequired: true });
const MAIL = readAttribute({ key: 'email', label: 'E-mail', type: 'email', isPii: true });
const PHONE = readAttribute({ key: 'phoneNumber', label: 'Phone', type: 'phoneNumber', isPii: true });
const POINTS = readAttribute({ key: 'points', label: 'Points', type: 'number' });
const CITY = readAttribute({ key: 'city', label: 'City', type: 'string', length: '8' });
const SCHEMA = [NAME, MAIL, PHONE, POINTS, CITY];
const PATTERNS = readPatterns([
  { type: 'email', regex: '^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$' },
  { type: 'number', regex: '^[+-]?\\d{1,10}(\\.\\d{1,19})?$' },
  { type: 'broken', regex: '(' },
]);

const JONAS = { _id: 'jonas', __v: 3, firstName: 'Jonas', isAnonymous: false, labels: ['vip'], phoneNumber: ['+49 30 1', '*****67'], email: 'j@example.org', points: 7 };
const edit = () => begun(JONAS, '"3"');

describe('a profile that is corrected', () => {
  test('goes back whole, with what was typed in place of what was there', () => {
    let of = typedAt(edit(), NAME, 0, ' Jonas B. ');
    of = typedAt(of, POINTS, 0, '12.5');
    of = retyped(of, PHONE, [...fieldsOf(of, PHONE), '0170 1', '']);
    of = typedAt(of, MAIL, 0, '');
    expect(written(of, SCHEMA)).toEqual({
      firstName: 'Jonas B.', isAnonymous: false, labels: ['vip'], phoneNumber: ['+49 30 1', '*****67', '0170 1'], points: 12.5,
    });
  });

  test('is the same when nothing but blanks was typed', () => {
    expect(isTouched(typedAt(edit(), NAME, 0, 'Jonas '))).toBe(false);
    expect(isTouched(retyped(edit(), PHONE, [...JONAS.phoneNumber, '']))).toBe(false);
    expect(isTouched(typedAt(edit(), CITY, 0, 'Bremen'))).toBe(true);
  });

  test.each([
    ['an empty name', NAME, '  ', { is: 'required' }],
    ['an address that is none', MAIL, 'jonas', { is: 'wrong', type: 'email' }],
    ['an address', MAIL, 'jonas@example.org', null],
    ['no address', MAIL, '', null],
    ['too long a city', CITY, 'Bremerhaven', { is: 'long', max: 8 }],
    ['a number in words', POINTS, 'seven', { is: 'wrong', type: 'number' }],
  ])('is judged: %s', (_, attribute, typed, flaw) => {
    expect(flawAt(typedAt(edit(), attribute, 0, typed), attribute, 0, PATTERNS)).toEqual(flaw);
  });

  test('is judged where something was typed: what was there before is not the agent’s fault', () => {
    const of = begun({ ...JONAS, email: 'of old' }, '"3"');
    expect(flawAt(of, MAIL, 0, PATTERNS)).toBeNull();
  });

  test('keeps what was typed when somebody else was faster, and tells what he wrote there', () => {
    const of = typedAt(typedAt(edit(), NAME, 0, 'Jonas B.'), CITY, 0, 'Bremen');
    const after = rebased(of, { ...JONAS, firstName: 'Jo', email: 'jo@example.org' }, '"4"');
    expect(after.theirs).toEqual({ firstName: ['Jo'] });
    expect(written(after, SCHEMA)).toMatchObject({ firstName: 'Jonas B.', city: 'Bremen', email: 'jo@example.org' });
    expect(after.etag).toBe('"4"');
  });
});

test('a mask is known by its stars, in personal attributes alone', () => {
  expect([isMasked(PHONE, ['0170', '*****67']), isMasked(PHONE, ['0170']), isMasked(CITY, '*****')]).toEqual([true, false, false]);
});
