/** What the steps of the tour are called. */

import { m } from '$lib/paraglide/messages';
import type { Step } from './tour.svelte';

export const TITLES: Record<Step, () => string> = {
  channel: m.tour_channel,
  desk: m.tour_desk,
  message: m.tour_message,
  inspect: m.tour_inspect,
};

export const LEADS: Record<Step, () => string> = {
  channel: m.tour_channel_lead,
  desk: m.tour_desk_lead,
  message: m.tour_message_lead,
  inspect: m.tour_inspect_lead,
};
