/** People: accounts, teams, what is said to them. */

import Capacities from '$lib/admin/form/Capacities.svelte';
import Identity from '$lib/admin/form/Identity.svelte';
import type { Values } from '$lib/admin/form/path';
import Skills from '$lib/admin/form/Skills.svelte';
import { m } from '$lib/paraglide/messages';
import { dateTime } from '$lib/ui/time';
import Megaphone from '@lucide/svelte/icons/megaphone';
import UserRound from '@lucide/svelte/icons/user-round';
import UsersRound from '@lucide/svelte/icons/users-round';
import type { Field, Kind } from './kind';

export const roles = () => [
  { value: 'admin', label: m.role_admin() },
  { value: 'agent', label: m.role_agent() },
  { value: 'supervisor', label: m.role_supervisor() },
  { value: 'routing_manager', label: m.role_routing_manager() },
  { value: 'quality_manager', label: m.role_quality_manager() },
  { value: 'evaluator', label: m.role_evaluator() },
];
/** The same, with what each may do. */
export const explained = () => {
  const hints: Record<string, string> = {
    admin: m.role_admin_hint(),
    agent: m.role_agent_hint(),
    supervisor: m.role_supervisor_hint(),
    routing_manager: m.role_routing_manager_hint(),
    quality_manager: m.role_quality_manager_hint(),
    evaluator: m.role_evaluator_hint(),
  };
  return roles().map((role) => ({ ...role, hint: hints[role.value] }));
};
const roleName = (word: string) => roles().find(({ value }) => value === word)?.label ?? word;
const fullName = (user: Values) => [user.firstName, user.lastName].filter(Boolean).join(' ') || String(user.username ?? '');

export const user: Kind = {
  key: 'users',
  noun: 'user',
  path: '/unified-admin/users',
  id: 'id',
  resource: 'users',
  icon: UserRound,
  plural: m.users,
  singular: m.user,
  lead: m.users_lead,
  many: true,
  name: fullName,
  columns: () => [
    { label: m.name(), text: fullName },
    { label: m.username(), text: (one) => one.username as string },
    { label: m.roles(), text: (one) => ((one.roles ?? []) as string[]).map(roleName).join(', ') },
    { label: m.team(), text: (one) => (one.userTeam as Values | null)?.teamName as string | undefined },
    { label: m.state(), text: (one) => (one.enabled === false ? m.off() : m.on()), tone: (one) => (one.enabled === false ? 'neutral' : 'good') },
  ],
  blank: () => ({
    username: '',
    password: '',
    firstName: '',
    lastName: '',
    roles: ['agent'],
    enabled: true,
    userTeam: null,
    supervisedTeams: [],
    associatedRoutingAttributes: [],
    associatedMrds: [],
  }),
  parts: (one) => [
    {
      fields: [
        { type: 'text', path: 'username', label: m.username(), required: true },
        ...(one.identity ? [] : [{ type: 'text', input: 'password', path: 'password', label: m.password(), help: one.id ? m.user_password_help() : m.user_password_new_help() } satisfies Field]),
        { type: 'text', path: 'firstName', label: m.first_name() },
        { type: 'text', path: 'lastName', label: m.last_name() },
        { type: 'checks', path: 'roles', label: m.roles(), choices: explained(), help: m.roles_help() },
        { type: 'ref', path: 'userTeam', label: m.team(), of: 'teams', as: 'object', none: m.none() },
        { type: 'switch', path: 'enabled', label: m.enabled(), fallback: true, help: m.user_enabled_help() },
        { type: 'refs', path: 'supervisedTeams', label: m.supervises(), of: 'teams', as: 'object' },
      ],
    },
    {
      title: m.user_identity(),
      lead: m.user_identity_lead(),
      fields: [{ type: 'own', path: 'identity', label: m.user_identity(), component: Identity }],
    },
    {
      title: m.work(),
      fields: [
        { type: 'own', path: 'associatedRoutingAttributes', label: m.skills(), component: Skills },
        { type: 'own', path: 'associatedMrds', label: m.capacities(), help: m.capacities_help(), component: Capacities },
      ],
    },
  ],
};

export const team: Kind = {
  key: 'teams',
  noun: 'team',
  path: '/unified-admin/team',
  id: 'teamId',
  resource: 'teams',
  icon: UsersRound,
  plural: m.teams,
  singular: m.team,
  lead: m.teams_lead,
  name: (one) => String(one.teamName ?? ''),
  columns: () => [{ label: m.name(), text: (one) => one.teamName as string }],
  blank: () => ({ teamName: '' }),
  parts: () => [{ fields: [{ type: 'text', path: 'teamName', label: m.name(), required: true }] }],
};

export const announcement: Kind = {
  key: 'announcements',
  noun: 'announcement',
  path: '/team-announcement/announcement',
  id: 'id',
  resource: 'teams',
  icon: Megaphone,
  plural: m.announcements,
  singular: m.announcement,
  lead: m.announcements_lead,
  name: (one) => String(one.announcementText ?? ''),
  // The newest first.
  order: (one) => -Number(one.scheduledTime),
  columns: () => [
    { label: m.text(), text: (one) => one.announcementText as string },
    { label: m.from_day(), text: (one) => dateTime(one.scheduledTime as number) },
    { label: m.until_day(), text: (one) => dateTime(one.expiryTime as number) },
    { label: m.seen_by(), text: (one) => ((one.seenBy ?? []) as unknown[]).length },
  ],
  blank: () => ({ announcementText: '', teams: [], scheduledTime: null, expiryTime: null }),
  unremembered: true,
  parts: () => [
    {
      fields: [
        { type: 'area', path: 'announcementText', label: m.text(), required: true, help: m.announcement_text_help() },
        { type: 'refs', path: 'teams', label: m.teams(), of: 'teams', as: 'id', required: true },
        { type: 'moment', path: 'scheduledTime', label: m.from_day(), help: m.announcement_from_help() },
        { type: 'moment', path: 'expiryTime', label: m.until_day(), help: m.announcement_until_help() },
      ],
    },
  ],
};
