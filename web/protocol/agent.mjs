// An agent without a screen: signs in, gets ready, takes what is offered and answers every message.
//
//   node agent.mjs [username] [password]        TIELINE_HUB=http://127.0.0.1:8080
//
// Uses nothing but what any agent desk uses: the login call and the agents' socket.

import { randomUUID } from "node:crypto";
import { io } from "socket.io-client";

const hub = process.env.TIELINE_HUB ?? "http://127.0.0.1:8080";
const [username = "amina", password = "demo-password"] = process.argv.slice(2);

const login = await fetch(`${hub}/agent-manager/agent/login`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ username, password }),
});
const answer = await login.json();
if (!login.ok) {
  console.error(`sign-in failed: ${answer?.error?.error_detail?.reason ?? login.status}`);
  process.exit(1);
}
const me = answer.data.keycloak_User;
const socket = io(hub, {
  path: "/agent-manager/socket.io",
  auth: { agent: JSON.stringify(me), fcm: "" },
  query: { username },
});

socket.on("connect", () => {
  console.log(`${username} is at the desk`);
  socket.emit("changeAgentState", { agentId: me.id, action: "agentState", state: { name: "READY", reasonCode: null } });
});
socket.on("connect_error", (error) => console.error(`cannot connect: ${error.message}`));
socket.on("errors", ({ task, msg }) => console.error(`on ${task}: ${msg}`));
socket.on("agentPresence", ({ agentPresence }) => {
  const domains = agentPresence.agentMrdStates.map(({ mrd, state }) => `${mrd.name} ${state}`);
  console.log(`state ${agentPresence.state.name} (${domains.join(", ")})`);
});
socket.on("taskRequest", (offer) => {
  console.log(`offered: ${offer.channelSession.customer.firstName} on ${offer.channelSession.channel.name}; accepting`);
  socket.emit("topicSubscription", {
    topicParticipant: {
      id: randomUUID(),
      type: "AGENT",
      participant: { id: me.id, participantType: "CCUser", keycloakUser: me, associatedRoutingAttributes: [] },
      token: null,
      conversationId: offer.conversationId,
      role: "PRIMARY",
      userCredentials: null,
      state: "SUBSCRIBED",
    },
    agentId: me.id,
    conversationId: offer.conversationId,
    roomInfo: offer.roomInfo,
    taskId: offer.taskId,
  });
});
socket.on("revokeTask", ({ conversationId }) => console.log(`the offer of ${conversationId} was withdrawn`));
socket.on("onTopicData", ({ topicData, conversationId, roomInfo }, acknowledge) => {
  acknowledge?.({ status: "ok" });
  const messages = topicData.topicEvents.filter(({ name }) => name === "CUSTOMER_MESSAGE");
  console.log(`in conversation with ${topicData.customer.firstName}; ${messages.length} messages so far`);
  const last = messages.at(-1);
  if (last) reply(last, conversationId, roomInfo);
});
socket.on("onCimEvent", ({ cimEvent, conversationId, roomInfo }) => {
  const event = JSON.parse(cimEvent);
  if (event.name === "CUSTOMER_MESSAGE") reply(event, conversationId, roomInfo);
  if (event.name === "CHANNEL_SESSION_ENDED") {
    console.log("the customer has left; leaving too");
    socket.emit("topicUnsubscription", { roomInfo, conversationId, agentId: me.id });
  }
});
socket.on("socketSessionRemoved", () => {
  console.log("signed in somewhere else");
  process.exit(0);
});

function reply({ data, channelSession }, conversationId, roomInfo) {
  const said = data.body.markdownText ?? `[${data.body.type}]`;
  console.log(`  customer: ${said}`);
  const text = `This is ${me.firstName}. You wrote: “${said}”`;
  const sender = {
    id: me.id,
    senderName: username,
    type: "AGENT",
    additionalDetail: { firstName: me.firstName, lastName: me.lastName },
  };
  const header = {
    timestamp: Date.now(),
    sender,
    channelData: channelSession.channelData,
    intent: null,
    conversationId,
    roomId: roomInfo?.id,
    channelSessionId: channelSession.id,
    customer: channelSession.customer,
  };
  const message = { id: randomUUID(), header, body: { markdownText: text, type: "PLAIN" } };
  const cimEvent = {
    id: randomUUID(),
    name: "AGENT_MESSAGE",
    type: "MESSAGE",
    conversationId,
    roomInfo,
    timestamp: Date.now(),
    data: message,
    channelSession,
    eventEmitter: sender,
  };
  socket.emit("publishCimEvent", { cimEvent, agentId: me.id, conversationId, roomInfo });
  console.log(`  ${username}: ${text}`);
}

process.on("SIGINT", () => {
  socket.emit("changeAgentState", { agentId: me.id, action: "agentState", state: { name: "LOGOUT", reasonCode: null } });
  socket.once("agentPresence", () => process.exit(0));
  setTimeout(() => process.exit(0), 1000).unref();
});
