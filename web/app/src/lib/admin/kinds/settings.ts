/** How the contact centre works where no queue, channel or widget says otherwise. */

import { at, type Values } from '$lib/admin/form/path';
import Pauses from '$lib/admin/form/Pauses.svelte';
import Thresholds from '$lib/admin/form/Thresholds.svelte';
import { m } from '$lib/paraglide/messages';
import Settings from '@lucide/svelte/icons/settings';
import type { Field, Kind, Part } from './kind';
import { roles } from './people';

export const settings: Kind = {
  key: 'settings',
  noun: 'settings',
  path: '/unified-admin/general-settings',
  id: 'id',
  resource: 'general-settings',
  icon: Settings,
  plural: m.settings,
  singular: m.settings,
  lead: m.settings_lead,
  name: () => m.settings(),
  columns: () => [{ label: m.name(), text: () => m.settings() }],
  blank: () => ({}),
  fixed: true,
  parts: (set) => [wrapUp(), desk(), agents(), routing(set), thresholds(), said(), retention(), security()],
};

const wrapUp = (): Part => ({
  title: m.wrap_up(),
  fields: [
    { type: 'switch', path: 'wrapUp.enabled', label: m.wrap_up(), help: m.wrap_up_help() },
    { type: 'number', path: 'wrapUp.seconds', label: m.wrap_up_time(), required: true, min: 1, max: 3600, unit: m.seconds(), help: m.wrap_up_time_help() },
    { type: 'switch', path: 'wrapUpTakesCapacity', label: m.wrap_up_capacity(), help: m.wrap_up_capacity_help() },
  ],
});

const desk = (): Part => ({
  title: m.at_the_desk(),
  fields: [
    { type: 'switch', path: 'reasonRequired', label: m.reason_required(), help: m.reason_required_help() },
    { type: 'own', path: 'pauses', label: m.pauses(), help: m.pauses_help(), component: Pauses },
    { type: 'switch', path: 'desk.isMessageFormattingEnabled', label: m.desk_formatting(), help: m.desk_formatting_help() },
    { type: 'switch', path: 'desk.isFileSharingEnabled', label: m.desk_files(), help: m.desk_files_help() },
    { type: 'switch', path: 'desk.isEmojisEnabled', label: m.desk_emoji(), help: m.desk_emoji_help() },
    { type: 'switch', path: 'desk.isConversationParticipantsEnabled', label: m.desk_participants(), help: m.desk_participants_help() },
    { type: 'switch', path: 'desk.isAutoAnswerEnabled', label: m.desk_auto_answer(), help: m.desk_auto_answer_help() },
    { type: 'switch', path: 'desk.isOutboundSmsEnabled', label: m.desk_sms(), help: m.desk_sms_help() },
    { type: 'switch', path: 'desk.isOutboundSmsSendandClose', label: m.desk_sms_close(), help: m.desk_sms_close_help() },
    { type: 'text', path: 'desk.prefixCode', label: m.desk_prefix(), help: m.desk_prefix_help() },
  ],
});

const agents = (): Part => ({
  title: m.settings_agents(),
  fields: [
    { type: 'number', path: 'agents.disconnectGraceSeconds', label: m.settings_grace(), required: true, min: 5, max: 300, unit: m.seconds(), help: m.settings_grace_help() },
    { type: 'number', path: 'agents.ronasUntilNotReady', label: m.settings_ronas(), required: true, min: 0, max: 100, help: m.settings_ronas_help() },
    { type: 'switch', path: 'agents.mrdAutoSync', label: m.settings_auto_sync(), help: m.settings_auto_sync_help() },
    { type: 'number', path: 'web.reconnectSeconds', label: m.settings_reconnect(), required: true, min: 0, max: 86400, unit: m.seconds(), help: m.settings_reconnect_help() },
  ],
});

const routing = (set: Values): Part => ({
  title: m.settings_routing(),
  fields: [
    { type: 'number', path: 'routing.priorityHeadStartSeconds', label: m.settings_head_start(), required: true, min: 1, max: 3600, unit: m.seconds(), help: m.settings_head_start_help() },
    { type: 'number', path: 'routing.callbackPriority', label: m.settings_callback_priority(), required: true, min: 1, max: 10, help: m.settings_callback_priority_help() },
    { type: 'switch', path: 'routing.queuePriority', label: m.settings_queue_priority(), help: m.settings_queue_priority_help() },
    { type: 'switch', path: 'routing.lastAgent', label: m.settings_last_agent(), help: m.settings_last_agent_help() },
    { type: 'switch', path: 'routing.mrdInterruption', label: m.settings_interruption(), help: m.settings_interruption_help() },
    ...(at(set, 'routing.mrdInterruption')
      ? ([{ type: 'switch', path: 'routing.mrdInterruptionPauses', label: m.settings_interruption_pauses(), help: m.settings_interruption_pauses_help() }] as Field[])
      : []),
  ],
});

const thresholds = (): Part => ({
  title: m.thresholds(),
  lead: m.thresholds_lead(),
  fields: [
    { type: 'own', path: 'agentThresholds', label: m.agent_thresholds(), help: m.agent_thresholds_help(), component: Thresholds },
    { type: 'own', path: 'customerThresholds', label: m.customer_thresholds(), help: m.customer_thresholds_help(), component: Thresholds },
  ],
});

/** Each sentence by the member it stands in. */
const SENTENCES: [member: string, label: () => string][] = [
  ['greeting', m.settings_says_greeting],
  ['handingOver', m.settings_says_handing_over],
  ['stillWaiting', m.settings_says_still_waiting],
  ['noAgent', m.settings_says_no_agent],
  ['callBack', m.settings_says_call_back],
  ['flushed', m.settings_says_flushed],
  ['closed', m.settings_says_closed],
  ['paused', m.settings_says_paused],
  ['resumed', m.settings_says_resumed],
  ['noAnswer', m.settings_says_no_answer],
  ['nobodyToHelp', m.settings_says_nobody_to_help],
];

const said = (): Part => ({
  title: m.settings_says(),
  lead: m.settings_says_lead(),
  fields: SENTENCES.map(([member, label]): Field => ({ type: 'area', path: `texts.${member}`, label: label(), rows: 2, required: true })),
});

const retention = (): Part => ({
  title: m.settings_retention(),
  lead: m.settings_retention_lead(),
  fields: [
    { type: 'number', path: 'retention.conversationDays', label: m.settings_keep_conversations(), required: true, min: 0, max: 4000, unit: m.settings_days(), help: m.settings_keep_conversations_help() },
    { type: 'number', path: 'retention.reportDays', label: m.settings_keep_reports(), required: true, min: 1, max: 4000, unit: m.settings_days(), help: m.settings_keep_reports_help() },
    { type: 'number', path: 'retention.logDays', label: m.settings_keep_logs(), required: true, min: 1, max: 4000, unit: m.settings_days(), help: m.settings_keep_logs_help() },
  ],
});

const security = (): Part => ({
  title: m.security(),
  fields: [{ type: 'checks', path: 'security.secondFactorFor', label: m.second_factor_for(), choices: roles(), help: m.second_factor_for_help() }],
});
