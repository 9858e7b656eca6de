/**
 * Imported first, for its effect: stack traces as V8 writes them. Pulumi registers ts-node, whose hook looks up a source map for
 * every frame of every stack, and the SDK takes a whole stack for every resource. Node.js runs our TypeScript as it is written:
 * there is nothing to map, and with many resources the looking up is a large part of the program's time.
 */
delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
