// What desks read without looking whether it is there. A hub that leaves one of these out breaks the desk.

import assert from 'node:assert/strict';

const text = (value, at) => assert.equal(typeof value, 'string', `${at} is ${JSON.stringify(value)}`);
const object = (value, at) => assert.ok(value && typeof value === 'object' && !Array.isArray(value), `${at} is no object`);
const array = (value, at) => assert.ok(Array.isArray(value), `${at} is no array`);
const number = (value, at) => assert.equal(typeof value, 'number', `${at} is ${JSON.stringify(value)}`);

export function user(it, at = 'keycloak_User') {
  for (const member of ['id', 'username', 'firstName', 'lastName']) text(it[member], `${at}.${member}`);
  array(it.roles, `${at}.roles`);
  array(it.permittedResources.Resources, `${at}.permittedResources.Resources`);
  for (const resource of it.permittedResources.Resources) {
    text(resource.rsname, `${at} rsname`);
    array(resource.scopes, `${at} scopes`);
  }
  object(it.attributes, `${at}.attributes`);
  object(it.userTeam, `${at}.userTeam`);
  array(it.supervisedTeams, `${at}.supervisedTeams`);
}

export function presence({ agentPresence: it, action, agentStateChanged, mrdStateChanges, sentAt }) {
  user(it.agent.keycloakUser, 'agentPresence.agent.keycloakUser');
  text(it.state.name, 'state.name');
  number(it.stateChangeTime, 'stateChangeTime');
  array(it.agentMrdStates, 'agentMrdStates');
  for (const { mrd, state } of it.agentMrdStates) {
    text(mrd.id, 'mrd.id');
    text(mrd.name, 'mrd.name');
    text(state, 'mrd state');
  }
  assert.match(action, /^AGENT_STATE_(UN)?CHANGED$/);
  number(sentAt, 'sentAt');
  assert.equal(typeof agentStateChanged, 'boolean');
  array(mrdStateChanges, 'mrdStateChanges');
}

export function session(it, at = 'channelSession') {
  assert.equal(it.participantType, 'ChannelSession');
  text(it.id, `${at}.id`);
  text(it.channel.channelType.name, `${at}.channel.channelType.name`);
  text(it.channelData.channelCustomerIdentifier, `${at}.channelData.channelCustomerIdentifier`);
  array(it.channelData.additionalAttributes, `${at}.channelData.additionalAttributes`);
  for (const { type } of it.channelData.additionalAttributes) text(type, `${at} attribute type`);
  array(it.customerSuggestions, `${at}.customerSuggestions`);
  assert.equal(it.isActive, it.active, 'both flags');
  assert.deepEqual(it.customerPresence, { value: null });
  assert.equal(it.roomInfo.mode, 'CONTACT_CENTER');
  const told = it.channel.channelConnector.channelProviderConfigs.map(({ key }) => key);
  assert.deepEqual(told, ['EDIT_MESSAGE_SUPPORT_DM'], 'no settings of the connector but whether it changes messages');
}

/** A request of a pull list. */
export function pullRequest(it) {
  for (const member of ['id', 'status', 'listId']) text(it[member], member);
  number(it.time, 'time');
  session(it.channelSession);
}

export function offer(it) {
  text(it.conversationId, 'conversationId');
  session(it.channelSession);
  assert.match(it.taskId, /^[^:]+:[^:]+$/);
  assert.equal(it.taskState.name, 'RESERVED');
  text(it.taskDirection, 'taskDirection');
  // What Tieline's own desk counts down and up.
  for (const member of ['ringSeconds', 'ringsUntil', 'enqueueTime']) number(it[member], member);
  text(it.roomInfo.id, 'roomInfo.id');
}

export function participant(it) {
  text(it.role, 'role');
  if (it.type === 'CUSTOMER') session(it.participant, 'participant');
  if (it.type === 'AGENT') {
    text(it.participant.id, 'participant.id');
    user(it.participant.keycloakUser, 'participant.keycloakUser');
    assert.match(it.joiningTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/);
  }
}

export function topic({ topicData: it, conversationId, taskId }) {
  assert.equal(it.id, conversationId);
  text(taskId, 'taskId');
  text(it.customer._id, 'customer._id');
  text(it.customer.firstName, 'customer.firstName');
  object(it.conversationData, 'conversationData');
  array(it.participants, 'participants');
  it.participants.forEach(participant);
  participant(it.topicParticipant);
  array(it.topicEvents, 'topicEvents');
  for (const one of it.topicEvents) {
    assert.match(one.timestamp, /\+00:00$/, 'times of past events are written out');
    event(one);
  }
}

export function event(it) {
  for (const member of ['id', 'name', 'type', 'conversationId']) text(it[member], `event.${member}`);
  assert.notEqual(it.type, 'ACTIVITY', 'desks break on activities');
  assert.notEqual(it.data ?? null, null, `${it.name}.data`);
  object(it.eventEmitter, `${it.name}.eventEmitter`);
  if (['MESSAGE'].includes(it.type) || it.name === 'MESSAGE_DELIVERY_NOTIFICATION') message(it.data, it.name);
  if (it.name === 'CUSTOMER_MESSAGE') session(it.channelSession);
  if (it.name.startsWith('CHANNEL_SESSION_')) session(it.data, 'data');
  if (it.name.startsWith('AGENT_') && it.name.endsWith('SUBSCRIBED')) participant(it.data.agentParticipant);
  if (it.name.startsWith('TASK_')) {
    text(it.data.task.state.name, 'task.state.name');
    for (const media of it.data.task.activeMedia) {
      text(media.state, 'media.state');
      text(media.type.mode, 'media.type.mode');
      text(media.type.direction, 'media.type.direction');
      object(media.type.metadata, 'media.type.metadata');
    }
  }
}

/** What `topicUnsubscription` carries, member for member. */
export function unsubscription(it, reason) {
  assert.deepEqual(Object.keys(it).sort(), ['conversationId', 'reason', 'roomInfo', 'statusCode', 'task']);
  assert.equal(it.task, 'topicUnsubscription');
  assert.equal(it.statusCode, 200);
  assert.equal(it.reason, reason);
  text(it.roomInfo.id, 'roomInfo.id');
}

export function wrapUpTimer(it) {
  assert.deepEqual(Object.keys(it).sort(), ['conversationId', 'duration', 'roomInfo', 'statusCode', 'task']);
  assert.equal(it.task, 'wrapupTimerStarted');
  assert.equal(it.statusCode, 200);
  number(it.duration, 'duration');
}

/** A seat whose role changed. */
export function roleChange({ data: { conversationParticipant: it } }, role) {
  participant(it);
  assert.equal(it.role, role);
  text(it.participant.id, 'participant.id');
}

function message(it, at) {
  text(it.id, `${at}.data.id`);
  text(it.header.sender.id, `${at} sender.id`);
  text(it.header.sender.type, `${at} sender.type`);
  text(it.header.customer._id, `${at} customer._id`);
  text(it.header.customer.firstName, `${at} customer.firstName`);
  array(it.header.channelData.additionalAttributes, `${at} additionalAttributes`);
  number(it.header.timestamp, `${at} header.timestamp`);
  text(it.body.type, `${at} body.type`);
}
