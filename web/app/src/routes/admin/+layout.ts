import { catalogue } from '$lib/admin/catalogue.svelte';

export function load() {
  catalogue.open();
}
