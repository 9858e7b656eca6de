/** Where the time of `up` goes, told by the yardsticks of the same rounds. Pure. */
import type { Round } from "./figures.ts";

/** A part of `up`. */
export interface Share {
  readonly part: string;
  readonly seconds: number;
  /** Of the whole `up`. */
  readonly percent: number;
}

/**
 * The parts of `up`, which add up to it. Each is the difference between two yardsticks, so a part may come out below zero
 * when the machine was busy; nothing is hidden then. Ours is what no yardstick explains: checks, marks, reading back, and the
 * larger state.
 */
export function breakdown({ emptyUp, oneUp, noopUp, connect, floor, up }: Round): readonly Share[] {
  const share = (part: string, seconds: number): Share => ({ part, seconds, percent: (100 * seconds) / up });
  return [
    share("engine start", emptyUp),
    share("provider start", oneUp - emptyUp),
    share("no-op resources", noopUp - oneUp),
    share("SSH connect", connect),
    share("ovs and ip commands", floor - connect),
    share("ours", up - noopUp - floor),
  ];
}
