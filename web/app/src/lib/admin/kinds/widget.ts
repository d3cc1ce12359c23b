/** How the chat on a page looks. */

import { catalogue } from '$lib/admin/catalogue.svelte';
import Logo from '$lib/admin/form/Logo.svelte';
import WidgetPreview from '$lib/admin/form/WidgetPreview.svelte';
import WidgetTexts from '$lib/admin/form/WidgetTexts.svelte';
import { at, type Values } from '$lib/admin/form/path';
import { m } from '$lib/paraglide/messages';
import { LANGUAGES } from '$lib/shell/appearance.svelte';
import MessageCircle from '@lucide/svelte/icons/message-circle-more';
import type { Kind } from './kind';

export const widget: Kind = {
  key: 'widgets',
  noun: 'web widget',
  path: '/ccm/widget-configs',
  id: 'id',
  resource: 'web-widget',
  icon: MessageCircle,
  plural: m.widgets,
  singular: m.widget,
  lead: m.widgets_lead,
  name: (one) => String(one.widgetIdentifier ?? ''),
  columns: () => [
    { label: m.widget_identifier(), text: (one) => one.widgetIdentifier as string },
    { label: m.title(), text: (one) => one.title as string },
    { label: m.service_identifier(), text: (one) => one.serviceIdentifier as string | null },
  ],
  blank: () => ({
    widgetIdentifier: '',
    title: '',
    subTitle: '',
    theme: '#3d53d0',
    serviceIdentifier: '',
    enableEmoji: true,
    enableFileTransfer: true,
    enableFontResize: false,
    enableDynamicLink: true,
    enableDownloadTranscript: false,
    customerReconnectTime: 300,
    legacyWidget: false,
    form: '',
    appearance: { position: 'END', colorScheme: 'AUTO', texts: {} },
  }),
  parts: (one: Values) => [
    {
      fields: [
        { type: 'text', path: 'widgetIdentifier', label: m.widget_identifier(), required: true, help: m.widget_identifier_help() },
        { type: 'select', path: 'serviceIdentifier', label: m.channel(), choices: services(one), none: m.none(), help: m.widget_service_help() },
        { type: 'text', path: 'title', label: m.title() },
        { type: 'text', path: 'subTitle', label: m.subtitle() },
        { type: 'text', input: 'color', path: 'theme', label: m.colour() },
        { type: 'own', path: 'appearance.logo', label: m.logo(), help: m.widget_logo_help(), component: Logo },
        {
          type: 'select',
          path: 'appearance.position',
          label: m.widget_side(),
          required: true,
          choices: [
            { value: 'END', label: m.side_end() },
            { value: 'START', label: m.side_start() },
          ],
        },
        {
          type: 'select',
          path: 'appearance.colorScheme',
          label: m.theme(),
          required: true,
          choices: [
            { value: 'AUTO', label: m.theme_system() },
            { value: 'LIGHT', label: m.theme_light() },
            { value: 'DARK', label: m.theme_dark() },
          ],
        },
        {
          type: 'select',
          path: 'language.code',
          label: m.language(),
          none: m.widget_language_page(),
          choices: Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
        },
        { type: 'ref', path: 'form', label: m.prechat_form(), of: 'forms', as: 'id', none: m.none(), help: m.prechat_form_help() },
      ],
    },
    {
      title: m.widget_texts(),
      lead: m.widget_texts_lead(),
      fields: [{ type: 'own', path: 'appearance.texts', label: m.widget_texts(), component: WidgetTexts }],
    },
    { fields: [{ type: 'own', path: 'preview', label: m.preview(), component: WidgetPreview }] },
    {
      title: m.widget_offers(),
      fields: [
        { type: 'switch', path: 'enableEmoji', label: m.desk_emoji() },
        { type: 'switch', path: 'enableFileTransfer', label: m.desk_files() },
        { type: 'switch', path: 'enableFontResize', label: m.font_resize() },
        { type: 'switch', path: 'enableDynamicLink', label: m.dynamic_link() },
        { type: 'switch', path: 'enableDownloadTranscript', label: m.download_transcript() },
        { type: 'number', path: 'customerReconnectTime', label: m.reconnect_time(), min: 0, max: 86400, unit: m.seconds(), help: m.reconnect_time_help() },
        { type: 'switch', path: 'legacyWidget', label: m.legacy_widget(), help: one.legacyWidget ? m.legacy_widget_help() : m.legacy_widget_off_help() },
      ],
    },
  ],
};

const WEB = 'WEB';

/** Channels a page can lead to, by service identifier; what is written already stays a choice. */
function services(one: Values) {
  const channels = catalogue.of('channels').rows.filter((channel) => at(channel, 'channelType.name') === WEB);
  const choices = channels.map(({ serviceIdentifier, name }) => ({ value: String(serviceIdentifier), label: String(name), hint: String(serviceIdentifier) }));
  const written = String(one.serviceIdentifier ?? '');
  return written && !choices.some(({ value }) => value === written) ? [...choices, { value: written, label: written }] : choices;
}
