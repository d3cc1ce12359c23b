import { io } from 'socket.io-client';
const base = 'http://127.0.0.1:8091';
for (const [name] of [['amina'], ['bilal']]) {
const r = await fetch(base + '/agent-manager/agent/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username: name, password: 'demo-password' }) });
const u = (await r.json()).data.keycloak_User;
const s = io(base, { path: '/agent-manager/socket.io', transports: ['websocket'], auth: { agent: JSON.stringify(u), fcm: '' } });
await new Promise(res => s.on('agentPresence', res));
await new Promise(res => setTimeout(res, 1500));
console.log(name, 'on line');
}
setTimeout(() => process.exit(0), 3000);
