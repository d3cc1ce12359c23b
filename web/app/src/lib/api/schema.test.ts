import { readFileSync } from 'node:fs';
import openapi, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, test } from 'vitest';

test('the types of the API are those of openapi.json; `make api` writes them anew', async () => {
  const root = new URL('../../../../../', import.meta.url);
  const types = COMMENT_HEADER + astToString(await openapi(new URL('openapi.json', root)));
  expect(readFileSync(new URL('./schema.d.ts', import.meta.url), 'utf8')).toBe(types);
});
