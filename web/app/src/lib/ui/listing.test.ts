import { expect, test } from 'vitest';
import { Listing } from './listing.svelte';

/** A listing whose reading goes on when told. */
function slowly() {
  let go = () => {};
  const listing = new Listing<number>(async (_, begun) => {
    begun([1]);
    await new Promise<void>((resolve) => (go = resolve));
    return { rows: [1, 2], next: null };
  });
  return { listing, go: () => go() };
}

test('what was read first is shown while the rest comes', async () => {
  const { listing, go } = slowly();
  const read = listing.reload();
  expect([listing.rows, listing.loading]).toEqual([[1], true]);
  go();
  await read;
  expect([listing.rows, listing.loading]).toEqual([[1, 2], false]);
});

test('what is shown stays while it is read again', async () => {
  const { listing, go } = slowly();
  const first = listing.reload();
  go();
  await first;
  void listing.reload();
  expect(listing.rows).toEqual([1, 2]);
});
