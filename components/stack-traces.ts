/**
 * Imported first, for its effect: stack traces as V8 writes them, and no longer than Node.js has them. Pulumi registers ts-node,
 * whose hook looks up a source map for every frame of every stack, and the SDK takes a stack of any length for every resource and
 * stores it in the state, which is written whole at every step. Node.js runs our TypeScript as it is written: there is nothing to map.
 */
const longest = Error.stackTraceLimit;

Error.prepareStackTrace = (error, frames) =>
  [String(error), ...frames.slice(0, longest).map((frame) => `    at ${frame}`)].join("\n");
