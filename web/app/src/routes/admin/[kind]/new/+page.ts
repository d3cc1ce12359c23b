import { error } from '@sveltejs/kit';

/** Of what there is one of, no other is made. */
export async function load({ parent }) {
  const { kind } = await parent();
  if (kind.fixed) error(404);
  return { kind };
}
