// The worker's entry: a service that talks in messages.
import { breathing } from './breath.mjs';
import { Service } from './service.mjs';

const SLICE = 8; // milliseconds after which newer requests are looked for

const service = new Service((reply) => postMessage(reply), breathing(), SLICE);
addEventListener('message', ({ data }) => service.receive(data));
