/** A channel to try things on: the web chat that is there from the start, with the first queue and the first bot. */

import { catalogue } from '$lib/admin/catalogue.svelte';
import { at, put, type Values } from '$lib/admin/form/path';
import { kindOf } from '$lib/admin/kinds/all';
import { ask } from '$lib/api/client';
import { m } from '$lib/paraglide/messages';

const TYPE = 'WEB';
const SERVICE = 'trial';

/** What a trial channel is made of; `null` when something of it is not there any more. */
export function trialParts(): { type: Values; connector: Values; queue: Values } | null {
  const type = catalogue.of('channel-types').rows.find(({ name }) => name === TYPE);
  const provider = catalogue.of('providers').rows.find(({ supportedChannelTypes }) =>
    ((supportedChannelTypes ?? []) as Values[]).some(({ id }) => id === type?.id),
  );
  const connector = catalogue.of('connectors').rows.find((one) => at(one, 'channelProviderInterface.id') === provider?.id);
  const queue = catalogue.of('queues').rows.find((one) => at(one, 'mrd.id') === type?.mediaRoutingDomain);
  return type && connector && queue ? { type, connector, queue } : null;
}

/** Makes it. What the hub refuses is thrown. */
export async function makeTrial(): Promise<void> {
  const parts = trialParts();
  if (!parts) return;
  const channel = kindOf('channels').blank();
  Object.assign(channel, { name: m.trial_channel(), serviceIdentifier: SERVICE });
  put(channel, 'channelType', { id: parts.type.id });
  put(channel, 'channelConnector', { id: parts.connector.id });
  put(channel, 'channelConfig.routingPolicy.routingObjectId', parts.queue.id);
  put(channel, 'channelConfig.botId', catalogue.of('bots').rows[0]?.botId ?? null);
  await ask('POST', '/ccm/channels', { body: channel });
  await catalogue.changed('channels');
}
