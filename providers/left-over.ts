/** An object that could not be removed from its nodes. */
import { ABANDON_KEY, abandonedNodes } from "./abandoned.ts";
import { messageOf, ScriptFailed } from "./remote/error.ts";
import type { NodeHandle } from "./remote/node-handle.ts";

/**
 * What stays where, and what to do about it. Lab nodes are ended with all that is on them: of those nothing stays.
 * Like the error it tells of, it carries no stack.
 */
export class LeftOver extends Error {
  /**
   * @param cause what failed, each line of a node opening with the node's name
   * @param environment `<stack>-<id>`: the engine gives up with the first failure, and more of the stack may be there
   * @param nodes those the object is on
   * @param leftover what stays on one of them
   */
  constructor(
    cause: unknown,
    environment: string,
    nodes: readonly NodeHandle[],
    leftover: (node: NodeHandle) => string,
  ) {
    const reason = messageOf(cause);
    const failing = nodes.filter(
      ({ name, lab }) => lab === undefined && reason.split("\n").some((line) => line.includes(`${name}: `)),
    );
    const kept = failing.map((node) => `${node.name} keeps ${leftover(node)}`).join("; ");
    const stays = `${kept}, and all else that is marked ${environment}`;
    const names = [...new Set([...abandonedNodes(), ...failing.map(({ name }) => name)])].sort();
    const advice =
      failing.length === 0
        ? ""
        : cause instanceof ScriptFailed
          ? `
    expected  it to be removed; ${stays}
    write     npm run destroy   again, once what it says is mended`
          : `
    expected  hosts to remove it from; ${stays}
    write     ${ABANDON_KEY}: [${names.join(", ")}]   (only if their hosts are gone for good), then run this again`;
    super(reason + advice, { cause });
    this.name = "LeftOver";
    this.stack = "";
  }

  override toString(): string {
    return this.message;
  }
}
