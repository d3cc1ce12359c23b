// Who is there in a story: an administrator, a connector's webhook, agents at their desks, customers who write.

import { after, afterEach, before, beforeEach, test } from 'node:test';
import { connect, working } from './desk.js';
import { administrator, customer, person } from './hub.js';
import { receiver } from './webhook.js';

/** How desks come in; what is not said is polling first, then a websocket. */
const TRANSPORTS = [['polling'], ['websocket']];

/** To be asked for once, before the tests of a file. Each of them begins on an empty floor. */
export function floor() {
  const here = { admin: null, webhook: null };
  let transports;
  let desks;
  let writers;
  let leaving;

  before(async () => {
    here.admin = await administrator();
  });

  beforeEach(async () => {
    here.webhook = await receiver();
    desks = [];
    writers = [];
    leaving = [];
    transports = undefined;
  });

  // Nobody is left waiting for the agents of the next test.
  afterEach(async () => {
    for (const leave of leaving) await leave();
    await Promise.all(writers.map((writer) => writer.leaves()));
    await Promise.all(desks.map((desk) => desk.close()));
    here.webhook.close();
  });

  after(() => setTimeout(() => process.exit(), 500).unref());

  const seated = (desk) => {
    desks.push(desk);
    return desk;
  };
  /** A test that is made over each transport. */
  here.story = (name, told) => {
    for (const used of TRANSPORTS) {
      test(`${name}, over ${used}`, () => {
        transports = used;
        return told();
      });
    }
  };
  /** The desk of this person, signed in and connected, not ready. */
  here.seat = async (who, options) => seated(await working(who, { transports, ...options }));
  /** The desk of somebody new. */
  here.present = async (firstName, more = {}) => here.seat(await person(here.admin, { firstName, ...more }));
  here.ready = async (firstName, more = {}) => {
    const desk = await here.present(firstName, more);
    await desk.state('READY');
    return desk;
  };
  /** A further connection of a user who has signed in. */
  here.connect = async (user, options) => seated(await connect(user, { transports, ...options }));
  /** A new customer of a line, who leaves when the test ends. */
  here.writer = (of, options) => {
    const writer = customer(of, options);
    writers.push(writer);
    return writer;
  };
  /** Done when the test ends, before agents go. */
  here.finally = (leave) => leaving.push(leave);
  return here;
}
