import { page } from '$lib/api/client';
import type { Values } from '$lib/admin/form/path';
import { redirect } from '@sveltejs/kit';

/** Of what there is one of, that one is shown. */
export async function load({ parent }) {
  const { kind } = await parent();
  if (!kind.fixed) return;
  const [only] = (await page<Values>(kind.path)).rows;
  if (only) redirect(307, `/app/admin/${kind.key}/${String(only[kind.id])}`);
}
