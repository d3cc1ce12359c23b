import { expect, test } from 'vitest';
import { addressesOf, blankOf, filterOf, partsOf, sent } from './profile';

const SCHEMA = [
  { key: 'web', label: 'Web', type: 'string', isChannelIdentifier: true, channelTypes: ['WEB'], sortOrder: 4 },
  { key: 'firstName', label: 'First Name', type: 'name', isRequired: true, isSearchAble: true, defaultValue: 'John Doe', sortOrder: 1 },
  { key: 'phoneNumber', label: 'Phone number', type: 'phoneNumber', isPii: true, isSearchAble: true, defaultValue: null, sortOrder: 2 },
  { key: 'vip', label: 'VIP', type: 'boolean', isSearchAble: true, sortOrder: 3 },
  { key: 'notes', label: 'Notes', type: 'string', length: '1000', sortOrder: 5 },
];
const terms = (words: string[]) => words.map((field) => ({ field, operator: 'contains', value: 'mira' }));
const NOBODY = { words: '', label: '', known: '' } as const;

test('the form follows the schema: its order, its types, and addresses apart', () => {
  const [profile, identifiers, labels] = partsOf(SCHEMA, true);
  expect(profile?.fields.map(({ path, type }) => [path, type])).toEqual([
    ['firstName', 'text'], ['phoneNumber', 'words'], ['vip', 'select'], ['notes', 'area'],
  ]);
  expect(identifiers?.fields.map(({ path, type }) => [path, type])).toEqual([['web', 'words']]);
  expect(labels?.fields.map(({ path }) => path)).toEqual(['labels']);
  expect(partsOf(SCHEMA, false)).toHaveLength(2);
});

test('a new customer has the defaults and no address', () => {
  expect(blankOf(SCHEMA)).toEqual({ firstName: 'John Doe', labels: [] });
});

test('what the hub says of a customer is not sent back as an attribute', () => {
  expect(sent({ _id: '1', __v: 3, isAnonymous: true, firstName: 'Mira', labels: ['a'] })).toEqual({ firstName: 'Mira', labels: ['a'] });
});

test('all his addresses are told, in the order of the schema', () => {
  expect(addressesOf({ web: ['w-1'], phoneNumber: ['+49 30', '+49 40'] }, SCHEMA)).toEqual(['+49 30', '+49 40', 'w-1']);
});

test.each([
  ['everybody', NOBODY, true, null],
  ['a word', { ...NOBODY, words: ' mira ' }, true, { and: [{ or: terms(['firstName', 'phoneNumber', 'web']) }] }],
  ['a word, for who sees masks', { ...NOBODY, words: 'mira' }, false, { and: [{ or: terms(['firstName', 'web']) }] }],
  ['a label of who is known', { words: '', label: 'gold', known: 'known' } as const, true, {
    and: [{ field: 'labels', operator: 'equalTo', value: 'gold' }, { field: 'isAnonymous', operator: 'equalTo', value: 'false' }],
  }],
])('%s is sought', (_, sought, seesPersonal, filter) => {
  expect(JSON.parse(filterOf(sought, SCHEMA, seesPersonal) ?? 'null')).toEqual(filter);
});
