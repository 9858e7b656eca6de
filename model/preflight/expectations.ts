/** What a stack needs of the hosts it is built on. */
import { drivers } from "../drivers.ts";
import { stackUser } from "../host/account.ts";
import { planShape } from "../plan.ts";
import type { Settings } from "../settings.ts";

/** Demands on every host. Plain data, as they are part of a resource's inputs. */
export interface Expectations {
  driver: keyof typeof drivers;
  needsOpenVswitch: boolean;
  /** Names of the overlays' bridges. */
  bridges: string[];
  /** Bridges that overlays are joined to by patch ports. */
  joined: string[];
  /** UDP port of VXLAN. */
  port: number;
  /** Range of the overlays' addresses as a CIDR; absent where the overlays have none. */
  publicRange?: string;
  /** Whether `up` runs stack.sh on the nodes. */
  runsDevstack: boolean;
  /** Where devstack lives. */
  home: string;
}

/** The demands of a stack, which follow from its settings alone. */
export function expectationsOf(settings: Settings): Expectations {
  const { overlays } = planShape(settings);
  const { driver, port, publicRange } = settings.overlay;
  const { needsOpenVswitch } = drivers[driver];
  return {
    driver,
    needsOpenVswitch,
    bridges: overlays.map(({ bridge }) => bridge),
    joined: overlays.flatMap(({ patchTo }) => patchTo ?? []),
    port,
    ...(overlays.some((overlay) => overlay.nodeSpan !== undefined) ? { publicRange } : {}),
    runsDevstack: settings.devstack.run.stack,
    home: stackUser.home,
  };
}
