/**
 * Imported first, for its effect: stack traces as V8 writes them, and none for those who ask for one without an end. Pulumi's ts-node
 * installs a hook that looks up a source map for every frame; Node.js runs our TypeScript as it is written: there is nothing to map.
 * The SDK asks for a stack without an end for every resource and stores it in the state, which is written whole at every step;
 * only Pulumi's own service shows it.
 */
Error.prepareStackTrace = (error, frames) => {
  const shown = Number.isFinite(Error.stackTraceLimit) ? frames : [];
  return [String(error), ...shown.map((frame) => `    at ${frame}`)].join("\n");
};
