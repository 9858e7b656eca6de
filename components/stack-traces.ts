/**
 * Imported first, for its effect: stack traces as V8 writes them, and none for Pulumi's SDK. Its ts-node installs a hook that looks
 * up a source map for every frame; Node.js runs our TypeScript as it is written: there is nothing to map. The SDK asks for a
 * stack without an end for every resource and stores it in the state, which is written whole at every step; only Pulumi's own
 * service shows it. And it asks for one for every promise, for those who look for promises that are lost.
 */
const leaksAreTraced = Boolean(process.env.PULUMI_DEBUG_PROMISE_LEAKS);

Error.prepareStackTrace = (error, frames) => {
  const isPromises = frames[0]?.getFunctionName() === "debuggablePromise";
  const unread = !Number.isFinite(Error.stackTraceLimit) || (isPromises && !leaksAreTraced);
  return [String(error), ...(unread ? [] : frames).map((frame) => `    at ${frame}`)].join("\n");
};
