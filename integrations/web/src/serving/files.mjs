// Reads the bytes of a file from wherever a page has them, and reports progress.

/** @typedef {{ bytes: Uint8Array } | { base64: string } | { url: string }} Source where a file is */

/** Counts the bytes of all files that have arrived, and reports them. */
export class Progress {
  /** @param {(loaded: number, total: number) => void} tell */
  constructor(tell) {
    this.tell = tell;
    this.loaded = 0;
    this.total = 0;
  }

  /** Begin to count another load. */
  restart() {
    this.loaded = this.total = 0;
  }

  /**
   * @param {number} loaded
   * @param {number} [total]
   */
  add(loaded, total = 0) {
    this.loaded += loaded;
    this.total += total;
    this.tell(this.loaded, Math.max(this.total, this.loaded));
  }
}

/**
 * The bytes of a file.
 * @param {Source} source
 * @param {Progress} progress
 * @returns {Promise<Uint8Array>}
 */
export async function read(source, progress) {
  if ('bytes' in source) return source.bytes;
  if ('base64' in source) return fromBase64(source.base64);
  const response = await fetch(source.url);
  if (!response.ok || !response.body) throw new Error(`${source.url}: ${response.status} ${response.statusText}`);
  const length = Number(response.headers.get('content-length') ?? 0);
  progress.add(0, response.headers.has('content-encoding') ? 0 : length);
  /** @type {Uint8Array[]} */
  const parts = [];
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return joined(parts);
    parts.push(value);
    progress.add(value.length);
  }
}

/** @param {string} text */
function fromBase64(text) {
  const decode = /** @type {any} */ (Uint8Array).fromBase64;
  if (decode) return /** @type {Uint8Array} */ (decode.call(Uint8Array, text));
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** @param {Uint8Array[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
