/** How an inventory's hosts are logged in to, once it is known where the configuration's own key is. */
import { nodeName } from "../../nodes.ts";
import type { InventoryHost, Login, ResolvedInventory } from "./resolve.ts";

/** A host with its node's name, and the jump host on the way to it. */
export interface HostLogin extends InventoryHost {
  readonly name: string;
  readonly jump?: Login;
}

/**
 * Every host's login, ordered by number.
 * @param ownKey Absolute path of the file with the configuration's own private key, where it holds one.
 */
export function hostLogins({ hosts, jump }: ResolvedInventory, ownKey: string | undefined): readonly HostLogin[] {
  const withKey = <Any extends Login>(login: Any): Any =>
    login.identityFile !== undefined || ownKey === undefined ? login : { ...login, identityFile: ownKey };
  const way = jump === undefined ? {} : { jump: withKey(jump) };
  return hosts.map((host) => ({ name: nodeName(host.number), ...withKey(host), ...way }));
}
