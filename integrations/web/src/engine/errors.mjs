// The errors that the engine throws on purpose.

/** A model that cannot be used: missing, incomplete, altered, or of an unsupported kind. */
export class ModelError extends Error {
  name = 'ModelError';
}

/** Work that was stopped because it is no longer wanted; the state is still valid. */
export class Stopped extends Error {
  name = 'Stopped';
}
