// What the engine throws on purpose.

/** A model that cannot be used: missing, incomplete, altered, or of a kind not served here. */
export class ModelError extends Error {
  name = 'ModelError';
}

/** Work that was not wanted any more; the state is whole. */
export class Stopped extends Error {
  name = 'Stopped';
}
