// An agent's desk, reduced to what it says and hears.

import assert from 'node:assert/strict';
import { io } from 'socket.io-client';
import { call, socketUrl } from './hub.js';
import { waiting } from './waiting.js';

/** Signs in; gives the user as desks keep it, and the answer. */
export async function signIn({ username, password }) {
  const answer = await call('POST', '/agent-manager/agent/login', { body: { password, username } });
  return { answer, user: answer.body?.data?.keycloak_User };
}

/** A connected desk of a signed-in user. `asText` is how installed desks write `auth.agent`. */
export async function connect(user, { transports, asText = true } = {}) {
  const socket = io(socketUrl, {
    path: '/agent-manager/socket.io',
    auth: { agent: asText ? JSON.stringify(user) : user, fcm: { desktopFcmKey: null, mobileFcmKey: null } },
    query: { username: user.username },
    forceNew: true,
    reconnectionDelay: 100,
    ...(transports && { transports }),
  });
  const { put, next, all, forget } = waiting();
  socket.onAny((name, what, ack) => {
    if (name === 'onTopicData') ack({ status: 'ok' });
    put(name, what);
  });
  socket.on('connect', () => put('connect'));
  socket.on('connect_error', (error) => put('connect_error', error));
  socket.on('disconnect', (reason) => put('disconnect', reason));
  const desk = { socket, user, next, all };
  /** The next event of this name in any conversation, as the desk reads it. */
  desk.event = async (name) => {
    const named = ({ cimEvent }) => JSON.parse(cimEvent).name === name;
    const told = await next('onCimEvent', named);
    return { ...told, cimEvent: JSON.parse(told.cimEvent) };
  };
  desk.state = async (name) => {
    socket.emit('changeAgentState', { agentId: user.id, action: 'agentState', state: { name, reasonCode: null } });
    return next('agentPresence', ({ agentPresence }) => agentPresence.state.name === name);
  };
  /** The line breaks as it does on a train. Once it is back the desk is shown all that is its agent's, so these too. */
  desk.breaks = async (...held) => {
    const LAST_OF_ALL_DESKS = 'pullModeSubscribedListRequests';
    forget(LAST_OF_ALL_DESKS);
    forget('onTopicData');
    socket.io.engine.close();
    await next('disconnect');
    await next('connect');
    await next(LAST_OF_ALL_DESKS);
    const shown = held.map(({ conversationId }) => next('onTopicData', (topic) => topic.conversationId === conversationId));
    return Promise.all(shown);
  };
  desk.takes = (offer) => {
    const { conversationId, roomInfo, taskId } = offer;
    socket.emit('topicSubscription', {
      topicParticipant: seat(user, conversationId),
      agentId: user.id,
      conversationId,
      roomInfo,
      taskId,
    });
  };
  desk.accept = (offer) => {
    desk.takes(offer);
    return next('onTopicData', (topic) => topic.conversationId === offer.conversationId);
  };
  desk.declines = ({ conversationId, taskId }, reason) =>
    socket.emit('declineTask', { conversationId, taskId, reason });
  desk.publish = (offer, name, type, body) => {
    const cimEvent = written(user, offer, name, type, body);
    const { conversationId, roomInfo } = offer;
    socket.emit('publishCimEvent', { cimEvent, agentId: user.id, conversationId, roomInfo });
    return cimEvent.data.id;
  };
  desk.says = (offer, text) => desk.publish(offer, 'AGENT_MESSAGE', 'MESSAGE', { markdownText: text, type: 'PLAIN' });
  desk.whispers = (offer, text) =>
    desk.publish(offer, 'WHISPER_MESSAGE', 'MESSAGE', { markdownText: text, type: 'PLAIN' });
  desk.types = (offer) =>
    desk.publish(offer, 'TYPING_INDICATOR', 'NOTIFICATION', {
      type: 'NOTIFICATION',
      notificationType: 'TYPING_STARTED',
      markdownText: '',
    });
  desk.reads = (offer, messageId) =>
    desk.publish(offer, 'MESSAGE_DELIVERY_NOTIFICATION', 'NOTIFICATION', {
      type: 'DELIVERYNOTIFICATION',
      markdownText: '',
      messageId,
      status: 'READ',
      reasonCode: 200,
    });
  /** `directTransferRequest` and its family, of a queue by name or of a named agent. */
  desk.asks = (request, { topicData }, whom, note = null) => {
    const { channelSession, topicParticipant: agentParticipant } = topicData;
    const target = whom.queueName
      ? { mode: 'queue', queueName: whom.queueName }
      : { mode: 'agent', requestedAgentId: whom.id, offerToAgent: true };
    socket.emit(request, { channelSession, agentParticipant, ...target, note });
  };
  desk.yields = ({ conversationId, topicData }, { id }) =>
    socket.emit('consultTransferRequest', {
      conversationId,
      channelSession: topicData.channelSession,
      agentParticipant: topicData.topicParticipant,
      requestedAgentId: id,
      mode: 'agent',
      offerToAgent: false,
    });
  /** `pauseConversation`, `resumeConversation`, `JoinAsBargin`, `joinAsWhisper`: `participantId` is the agent's id. */
  desk.does = (request, { conversationId, roomInfo }, more = {}) =>
    socket.emit(request, { participantId: user.id, conversationId, roomInfo, ...more });
  desk.closesWrapUp = (offer, body = null) => {
    const { conversationId, roomInfo } = offer;
    const cimEvent = body && written(user, offer, 'AGENT_MESSAGE', 'MESSAGE', body);
    socket.emit('closeWrapup', { cimEvent, roomInfo, conversationId, agentId: user.id });
  };
  desk.watches = (channelSession) => {
    const { conversationId } = channelSession;
    const topicParticipant = { ...seat(user, conversationId), role: 'SILENT_MONITOR' };
    socket.emit('JoinAsSilentMonitor', { topicParticipant, agentId: user.id, channelSession });
    return next('onTopicData', (topic) => topic.conversationId === conversationId);
  };
  /** `subscribePullModeList` and `unsubscribePullModeList`. */
  desk.follows = (list, request = 'subscribePullModeList') =>
    socket.emit(request, { topicParticipant: seat(user, list.id), agentId: user.id, listId: list.id, list });
  desk.unfollows = (list) => desk.follows(list, 'unsubscribePullModeList');
  desk.joins = ({ id, channelSession }) => {
    const topicParticipant = seat(user, channelSession.conversationId);
    socket.emit('joinPullModeRequest', { topicParticipant, agentId: user.id, channelSession, requestId: id });
  };
  desk.joined = ({ channelSession }) =>
    next('onTopicData', ({ conversationId }) => conversationId === channelSession.conversationId);
  /** `deletePullModeRequest` is sent with the bare id. */
  desk.finishes = ({ id }) => socket.emit('deletePullModeRequest', id);
  /** The next word on a request of a list the agent follows. */
  desk.pulled = async (type, status) => {
    const told = await next(
      'onPullModeSubscribedListRequest',
      (told) => told.type === `PULL_MODE_LIST_REQUEST_${type}` && JSON.parse(told.pullModeEvent).status === status,
    );
    return JSON.parse(told.pullModeEvent);
  };
  /** An event without a message: a hand raised, more time asked for. */
  desk.signals = ({ conversationId, roomInfo }, name, data) => {
    const event = { id: crypto.randomUUID(), name, type: 'NOTIFICATION', timestamp: Date.now(), conversationId, roomInfo, data };
    socket.emit('publishCimEvent', { cimEvent: event, agentId: user.id, conversationId, roomInfo });
  };
  desk.leaves = ({ conversationId, roomInfo }) =>
    socket.emit('topicUnsubscription', { roomInfo, conversationId, agentId: user.id });
  desk.close = async () => {
    if (socket.connected) await desk.state('LOGOUT').catch(() => {});
    socket.close();
  };
  return desk;
}

/** Signs in and connects. */
export async function working(person, options) {
  const { answer, user } = await signIn(person);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const desk = await connect(user, options);
  await desk.next('connect');
  return desk;
}

/** A seat as desks make it. */
function seat(user, conversationId) {
  return {
    id: crypto.randomUUID(),
    type: 'AGENT',
    participant: { id: user.id, participantType: 'CCUser', keycloakUser: user, associatedRoutingAttributes: [] },
    token: null,
    conversationId,
    role: 'PRIMARY',
    userCredentials: null,
    state: 'SUBSCRIBED',
  };
}

/** An event as desks make it of a message of the agent's. */
function written(user, { conversationId, roomInfo, channelSession }, name, type, body) {
  const sender = {
    id: user.id,
    senderName: user.username,
    type: 'AGENT',
    additionalDetail: { firstName: user.firstName, lastName: user.lastName },
  };
  const header = {
    timestamp: Date.now(),
    sender,
    channelData: channelSession.channelData,
    intent: null,
    conversationId,
    roomId: roomInfo.id,
    channelSessionId: channelSession.id,
    customer: channelSession.customer,
  };
  const data = { id: crypto.randomUUID(), header, body };
  const id = crypto.randomUUID();
  return { id, name, type, conversationId, roomInfo, timestamp: Date.now(), data, channelSession, eventEmitter: sender };
}
