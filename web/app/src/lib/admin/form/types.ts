/** Types of values in words, with what the wire calls them. */

import { m } from '$lib/paraglide/messages';
import type { Choice } from '$lib/ui/Select.svelte';

/** Choices stand in categories. A provider's list has one, which must have a name. */
export const CATEGORY = 'Choices';

type Named = [type: string, label: () => string];

/** What a question of a form is answered with. */
const ANSWERS: Named[] = [
  ['shortAnswer', m.type_short_answer],
  ['email', m.value_email],
  ['phoneNumber', m.value_phone],
  ['number', m.value_number],
  ['positiveNumber', m.type_positive_number],
  ['alphaNumeric', m.value_alphanumeric],
  ['url', m.value_url],
  ['date', m.type_date],
  ['time', m.type_time],
  ['dateTime', m.type_date_time],
  ['boolean', m.value_boolean],
  ['file', m.type_file],
  ['password', m.value_password],
  ['ip', m.value_ip],
];

/** What a provider asks of a connector. */
const SETTINGS: Named[] = [
  ['String50', () => m.type_text_up_to({ max: 50 })],
  ['String100', () => m.type_text_up_to({ max: 100 })],
  ['String2000', () => m.type_text_up_to({ max: 2000 })],
  ['Alphanum100', () => m.type_alphanumeric_up_to({ max: 100 })],
  ['AlphanumSpecial200', () => m.type_text_up_to({ max: 200 })],
  ['Number', m.value_number],
  ['PositiveNumber', m.type_positive_number],
  ['Boolean', m.value_boolean],
  ['URL', m.value_url],
  ['IP', m.value_ip],
  ['Email', m.value_email],
  ['PhoneNumber', m.value_phone],
  ['Password', m.value_password],
  ['StringList', m.type_list],
];

const offered = (all: Named[]): Choice[] => all.map(([value, label]) => ({ value, label: label(), hint: value }));
export const answerTypes = (): Choice[] => offered(ANSWERS);
export const settingTypes = (): Choice[] => offered(SETTINGS);
