// The worker's entry point: a service that exchanges messages.
import { breathing } from './breath.mjs';
import { Service } from './service.mjs';

const SLICE = 8; // milliseconds of work before newer requests are read

const service = new Service((reply) => postMessage(reply), breathing(), SLICE);
addEventListener('message', ({ data }) => service.receive(data));
