// The server's process and the connection to it: starts, initializes and, if it dies, restarts it.
// Knows LSP's first and last messages, and nothing of documents or suggestions.
import { spawn } from 'node:child_process';
import * as rpc from 'vscode-jsonrpc/node';

export const FIRST_PAUSE = 500; // ms before the first restart, doubled each time
export const MOST_RESTARTS = 5;
const HEALTHY = 120_000; // ms of life after which earlier failures no longer count
const CANCELLED = -32800;
const FAREWELL = 2_000; // ms that a server gets to exit by itself

/**
 * @typedef {'starting' | 'loading' | 'ready' | 'off' | 'failed' | 'stopped'} State
 * @typedef {object} Host
 * @property {() => Promise<{ command: string, args: string[] } | undefined>} find the command line to run
 * @property {() => object} greeting the parameters of `initialize`
 * @property {(server: Server) => void} ready called when the server is initialized
 * @property {(state: State, error?: string) => void} state shows a state to the user
 * @property {(line: string) => void} log
 * @property {string} folder in which the server runs
 */

export class Server {
  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    /** @type {import('node:child_process').ChildProcess | undefined} */
    this.process = undefined;
    /** @type {import('vscode-jsonrpc').MessageConnection | undefined} */
    this.connection = undefined;
    this.ready = false;
    this.failures = 0;
    /** @type {NodeJS.Timeout | undefined} */
    this.timer = undefined;
    this.generation = 0; // of the current process; older ones are ignored
  }

  /** Start it, or restart it. */
  async start() {
    await this.stop();
    const generation = ++this.generation;
    this.host.state('starting');
    const found = await this.host.find();
    if (generation !== this.generation || found === undefined) return;
    this.host.log(`starting ${found.command} ${found.args.join(' ')}`);
    const child = spawn(found.command, found.args, { cwd: this.host.folder, stdio: 'pipe' });
    const started = Date.now();
    this.process = child;
    child.stderr.setEncoding('utf8').on('data', (text) => this.host.log(text.trimEnd()));
    child.stdin.on('error', () => {}); // 'close' reports the end of the process
    child.on('error', (error) => this.host.log(String(error)));
    child.on('close', (code) => this.closed(generation, code, Date.now() - started));
    await this.greet(generation, child);
  }

  /** Ask it to exit, and kill it if it does not. */
  async stop() {
    const { process: child, connection, ready } = this;
    this.generation++;
    this.ready = false;
    this.process = this.connection = undefined;
    clearTimeout(this.timer);
    if (child === undefined) return;
    const timer = setTimeout(() => child.kill(), FAREWELL);
    child.once('close', () => clearTimeout(timer));
    try {
      if (ready) await connection?.sendRequest('shutdown');
      await connection?.sendNotification('exit');
    } catch {
      child.kill();
    }
    connection?.dispose();
  }

  /**
   * @param {string} method
   * @param {object} params
   */
  notify(method, params) {
    if (this.ready) this.connection?.sendNotification(method, params).catch(() => {});
  }

  /**
   * The answer to a request; undefined if the server is not ready, or if the request fails or is
   * cancelled.
   * @param {string} method
   * @param {object} params
   * @param {import('vscode-jsonrpc').CancellationToken} [token]
   * @returns {Promise<any>}
   */
  async request(method, params, token) {
    if (!this.ready || this.connection === undefined) return undefined;
    try {
      return await this.connection.sendRequest(method, params, token);
    } catch (error) {
      const code = error instanceof rpc.ResponseError ? error.code : undefined;
      if (code !== CANCELLED && this.ready) {
        this.host.log(`${method}: ${error}`);
      }
      return undefined;
    }
  }

  /**
   * @param {number} generation
   * @param {import('node:child_process').ChildProcessWithoutNullStreams} child
   */
  async greet(generation, child) {
    const connection = rpc.createMessageConnection(
      new rpc.StreamMessageReader(child.stdout), new rpc.StreamMessageWriter(child.stdin));
    connection.onError(() => {});
    connection.onNotification('codecomplete/state', ({ state, error }) => {
      if (generation === this.generation) this.host.state(state, error);
    });
    connection.onNotification('window/showMessage', ({ message }) => this.host.log(message));
    connection.onRequest('client/registerCapability', () => null);
    connection.listen();
    this.connection = connection;
    try {
      await connection.sendRequest('initialize', this.host.greeting());
      if (generation !== this.generation) return;
      await connection.sendNotification('initialized', {});
    } catch (error) {
      this.host.log(`initialize failed: ${error}`); // if the process has died, 'close' handles that
      return;
    }
    this.ready = true;
    this.host.ready(this);
  }

  /**
   * @param {number} generation
   * @param {number | null} code
   * @param {number} lived ms
   */
  closed(generation, code, lived) {
    if (generation !== this.generation) return;
    this.ready = false;
    this.connection?.dispose();
    this.process = this.connection = undefined;
    this.failures = lived > HEALTHY ? 1 : this.failures + 1;
    this.host.log(`the server ended (${code})`);
    if (this.failures > MOST_RESTARTS) {
      this.host.state('failed', `the server ended ${this.failures} times; see the log`);
      return;
    }
    this.host.state('starting');
    const pause = FIRST_PAUSE * 2 ** (this.failures - 1);
    this.timer = setTimeout(() => this.start(), pause);
  }
}
