/** The benchmark's figures: medians of what was measured, and what they are held against. Pure. */
import { ansibleBounds, PLANNED_NODES, ratioBounds, secondsBounds, verificationSeconds } from "./bounds.ts";
import { median } from "./median.ts";
import { type StackMedians, type StackSeries, stackMedians } from "./stack-figures.ts";

/** Seconds of one round on one number of nodes; all of it within the same minute, so that load spoils all alike. */
export interface Round {
  /** `up` of a program without resources. */
  readonly emptyUp: number;
  /** `up` of one resource that does nothing: the provider's start is in it. */
  readonly oneUp: number;
  /** `up` of as many resources that do nothing. */
  readonly noopUp: number;
  /** `preview` of the same, unchanged. */
  readonly noopPreview: number;
  /** One SSH connection per node, and nothing done there. */
  readonly connect: number;
  /** One SSH connection and one batched transaction per node. */
  readonly floor: number;
  /** `up` of the overlays on bare nodes. */
  readonly up: number;
  /** The proof of the overlays with guests on every node. */
  readonly verification: number;
  /** A second `up`, nothing having changed. */
  readonly upAgain: number;
  /** `preview`, nothing having changed. */
  readonly preview: number;
  readonly destroy: number;
  /** The same overlays by Ansible; absent unless asked for. */
  readonly ansible?: AnsibleRound;
}

/** Seconds of the playbook on the same nodes. */
export interface AnsibleRound {
  /** On bare nodes, without a connection open. */
  readonly first: number;
  /** Nothing having changed, over the connections of the first run. */
  readonly again: number;
}

/** All rounds on one number of nodes. */
export interface Series {
  readonly nodes: number;
  /** Dynamic resources of the overlays; the no-op program has as many. */
  readonly resources: number;
  /** Bytes of the overlays' state, as Pulumi stores it. */
  readonly stateBytes: number;
  readonly rounds: readonly Round[];
  /** A whole stack on the same nodes. */
  readonly stack: StackSeries;
}

/** Seconds of whole commands, a value each run. */
export interface WholeCommands {
  readonly start: readonly number[];
  readonly destroy: readonly number[];
  readonly plan: readonly number[];
}

/** A figure with the promise it is held against. */
export interface Judged {
  /** What it is, with the number of nodes in it. */
  readonly name: string;
  /** `x` for a ratio, `s` for seconds. */
  readonly unit: "x" | "s";
  readonly measured: number;
  readonly bound: number;
  /** Whether the promise is broken. */
  readonly over: boolean;
}

/** Medians of a series. */
export interface Medians {
  readonly nodes: number;
  readonly resources: number;
  readonly stateBytesPerResource: number;
  readonly seconds: Round;
}

/** Everything the benchmark tells. */
export interface Figures {
  readonly medians: readonly Medians[];
  readonly stacks: readonly StackMedians[];
  readonly judged: readonly Judged[];
}

/** Medians, and every promise with what was measured of it. A command that was not run has no values and no promise. */
export function figuresOf(series: readonly Series[], whole: WholeCommands): Figures {
  return {
    medians: series.map(mediansOf),
    stacks: series.map(({ nodes, stack }) => stackMedians(nodes, stack)),
    judged: [...series.flatMap(judgedSeries), ...judgedSeconds(whole)],
  };
}

function mediansOf({ nodes, resources, stateBytes, rounds }: Series): Medians {
  const of = (key: Exclude<keyof Round, "ansible">): number => median(rounds.map((round) => round[key]));
  const ansible = rounds.flatMap((round) => round.ansible ?? []);
  return {
    nodes,
    resources,
    stateBytesPerResource: Math.round(stateBytes / resources),
    seconds: {
      emptyUp: of("emptyUp"),
      oneUp: of("oneUp"),
      noopUp: of("noopUp"),
      noopPreview: of("noopPreview"),
      connect: of("connect"),
      floor: of("floor"),
      up: of("up"),
      verification: of("verification"),
      upAgain: of("upAgain"),
      preview: of("preview"),
      destroy: of("destroy"),
      ...(ansible.length === 0
        ? {}
        : {
            ansible: {
              first: median(ansible.map(({ first }) => first)),
              again: median(ansible.map(({ again }) => again)),
            },
          }),
    },
  };
}

/** Ratios are taken round by round, and their median after that: what the machine did meanwhile is then in both parts. */
function judgedSeries({ nodes, rounds }: Series): readonly Judged[] {
  const bounds = ratioBounds(nodes);
  const ratio = (name: string, bound: number, of: (round: Round) => number): Judged =>
    judge(`${name}, N=${nodes}`, "x", median(rounds.map(of)), bound);
  return [
    ratio("up / (no-op up + floor)", bounds.upToNoop, ({ up, noopUp, floor }) => up / (noopUp + floor)),
    ratio("up / (empty up + floor)", bounds.upToEmpty, ({ up, emptyUp, floor }) => up / (emptyUp + floor)),
    ratio("preview / no-op preview", bounds.preview, ({ preview, noopPreview }) => preview / noopPreview),
    ...judgedVerification(nodes, rounds),
    ...judgedAgainstAnsible(nodes, rounds),
  ];
}

function judgedVerification(nodes: number, rounds: readonly Round[]): readonly Judged[] {
  const bound = verificationSeconds[nodes];
  if (bound === undefined) return [];
  return [judge(`verification, N=${nodes}`, "s", median(rounds.map(({ verification }) => verification)), bound)];
}

function judgedAgainstAnsible(nodes: number, rounds: readonly Round[]): readonly Judged[] {
  const compared = rounds.flatMap(({ up, upAgain, ansible }) =>
    ansible === undefined ? [] : { up, upAgain, ansible },
  );
  if (compared.length === 0) return [];
  const { up: upBound, upAgain: againBound, playbookSeconds } = ansibleBounds(nodes);
  const up = median(compared.map((round) => round.up / round.ansible.first));
  const again = median(compared.map((round) => round.upAgain / round.ansible.again));
  const seconds = median(compared.map(({ ansible }) => ansible.first));
  return [
    judge(`up / Ansible, N=${nodes}`, "x", up, upBound),
    ...(againBound === undefined ? [] : [judge(`up again / Ansible again, N=${nodes}`, "x", again, againBound)]),
    ...(playbookSeconds === undefined ? [] : [judge(`Ansible, N=${nodes}`, "s", seconds, playbookSeconds)]),
  ];
}

function judgedSeconds({ start, destroy, plan }: WholeCommands): readonly Judged[] {
  const seconds = (name: string, values: readonly number[], bound: number): readonly Judged[] =>
    values.length === 0 ? [] : [judge(name, "s", median(values), bound)];
  return [
    ...seconds("npm start, N=3", start, secondsBounds.start),
    ...seconds("npm run destroy, N=3", destroy, secondsBounds.destroy),
    ...seconds(`plan, N=${PLANNED_NODES}`, plan, secondsBounds.plan),
  ];
}

function judge(name: string, unit: Judged["unit"], measured: number, bound: number): Judged {
  return { name, unit, measured, bound, over: measured > bound };
}
