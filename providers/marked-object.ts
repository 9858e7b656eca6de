/** The one life of everything that is made on nodes under our mark: created, read, mended and removed alike. */
import { gone, type Implementation, PartlyDone } from "./implementation.ts";
import { LeftOver } from "./left-over.ts";
import { ForeignObject, newGeneration } from "./mark.ts";
import { askForNodes, type NodeHandle } from "./remote/node-handle.ts";

/** What is recorded of such an object beside what it is made from. */
export interface Recorded {
  /** New with every creation, for the mark. */
  generation: string;
  /** New with every creation and update: the verification runs again when this changes. */
  revision: string;
}

/** Whose an object is, `<stack>-<id>`, and the node that it is on, or the nodes that it joins. */
type Placed = { readonly environment: string } & (
  | { readonly node: NodeHandle }
  | { readonly nodes: readonly NodeHandle[] }
);

/** What tells one kind of object from another. */
export interface ObjectKind<Inputs extends object, Outputs extends Inputs & Recorded>
  extends Pick<Implementation<Inputs, Outputs>, "check" | "diff" | "delete"> {
  /** What stays on a node when the object cannot be removed from it, e.g. `bridge br-ex`. */
  leftover(outs: Outputs, node: NodeHandle): string;
  /** What the resource's id opens with; the generation follows. */
  place(inputs: Inputs): string;
  /** What to record of a new object, or of one that changes in place. */
  record(inputs: Inputs, olds: Outputs | undefined): Outputs;
  /** The inputs among what is recorded. */
  inputsOf(outs: Outputs): Inputs;
  /**
   * Makes or mends the object, reads it back, and gives what to record of it.
   *
   * @throws ForeignObject when nothing of ours was made, as another's object stands there
   */
  make(outs: Outputs): Promise<Outputs>;
  /** The inputs as they are found on the nodes; undefined when the object is gone, or another's. */
  find(outs: Outputs): Promise<Partial<Inputs> | undefined>;
}

/** Generation and revision: both are new for a new object, and one that changes in place keeps its generation. */
export function recorded(olds: Recorded | undefined): Recorded {
  return { generation: olds?.generation ?? newGeneration(), revision: newGeneration() };
}

/** The implementation of one kind of object. One that is begun and not whole is recorded, unless nothing of it was made. */
export function markedObject<Inputs extends object & Placed, Outputs extends Inputs & Recorded>(
  kind: ObjectKind<Inputs, Outputs>,
): Implementation<Inputs, Outputs> {
  return {
    check: kind.check,
    diff: kind.diff,

    async create(inputs) {
      const outs = kind.record(inputs, undefined);
      const id = `${kind.place(inputs)}/${outs.generation}`;
      try {
        return { id, outs: await kind.make(outs) };
      } catch (error) {
        throw error instanceof ForeignObject || !(error instanceof Error) ? error : new PartlyDone(id, outs, error);
      }
    },

    async read(id, outs) {
      await askForNodes(nodesOf(outs));
      const found = await kind.find(outs);
      if (found === undefined) return gone;
      return { id, inputs: { ...kind.inputsOf(outs), ...found }, props: { ...outs, ...found } };
    },

    async update(_id, olds, news) {
      return { outs: await kind.make(kind.record(news, olds)) };
    },

    async delete(id, outs) {
      const nodes = nodesOf(outs);
      await askForNodes(nodes);
      try {
        await kind.delete(id, outs);
      } catch (error) {
        throw new LeftOver(error, outs.environment, nodes, (node) => kind.leftover(outs, node));
      }
    },
  };
}

function nodesOf(placed: Placed): readonly NodeHandle[] {
  return "node" in placed ? [placed.node] : placed.nodes;
}
