import { findKind } from '$lib/admin/kinds/all';
import { error } from '@sveltejs/kit';

export function load({ params }) {
  const kind = findKind(params.kind);
  if (!kind) error(404);
  return { kind };
}
