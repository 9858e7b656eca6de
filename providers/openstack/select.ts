/** Finds what a configuration names in a cloud, or says what there is instead. */
import { isDeepStrictEqual } from "node:util";
import type { CloudSelectionInputs, CloudSelectionOutputs } from "../openstack-cloud.ts";
import type { Session } from "./session.ts";

interface Named {
  readonly id: string;
  readonly name: string;
  readonly mtu?: number;
}

/** Names shown in a message at most. */
const shownNames = 20;

/**
 * Looks everything up, but for what was found before: an image of the same name that came later is another one.
 *
 * @param found what an earlier selection gave
 * @throws Error with all that is unknown, each with what there is
 */
export async function select(
  session: Session,
  wanted: CloudSelectionInputs,
  found?: CloudSelectionOutputs,
): Promise<CloudSelectionOutputs> {
  const list = async (service: "compute" | "network" | "image", path: string, key: string) =>
    (((await session.get(service, path)) as Readonly<Record<string, Named[]>> | undefined)?.[key] ?? []) as Named[];
  const external = wanted.externalNetwork;
  const [images, flavors, networks, externals] = await Promise.all([
    list("image", "/images?status=active&sort=created_at:desc&limit=1000", "images"),
    list("compute", "/flavors", "flavors"),
    wanted.network === undefined ? [] : list("network", "/networks", "networks"),
    external === undefined ? [] : list("network", "/networks?router:external=true", "networks"),
  ]);
  const problems: string[] = [];
  const find = (key: string, name: string | undefined, all: readonly Named[]): Named | undefined => {
    const only = name === undefined && all.length === 1 ? all[0] : undefined;
    const one = only ?? all.find(({ id }) => id === name) ?? all.find((named) => named.name === name);
    if (one === undefined) problems.push(unknown(key, name, all));
    return one;
  };
  const same = (key: "cloud" | "image" | "flavor"): boolean => isDeepStrictEqual(found?.[key], wanted[key]);
  const known = (key: "image" | "flavor", id: string | undefined): Pick<Named, "id"> | undefined =>
    id !== undefined && same("cloud") && same(key) ? { id } : undefined;
  const image = known("image", found?.imageId) ?? find("image", wanted.image, images);
  const flavor = known("flavor", found?.flavorId) ?? find("flavor", wanted.flavor, flavors);
  const network = wanted.network === undefined ? undefined : find("network", wanted.network, networks);
  const outside = external === undefined ? undefined : find("externalNetwork", external.name, externals);
  if (image === undefined || flavor === undefined || problems.length > 0) throw new Error(problems.join("\n"));
  return {
    ...wanted,
    imageId: image.id,
    flavorId: flavor.id,
    networkId: network?.id ?? "",
    mtu: network?.mtu ?? 0,
    externalNetworkId: outside?.id ?? "",
    externalNetworkName: outside?.name ?? "",
  };
}

function unknown(key: string, given: string | undefined, all: readonly Named[]): string {
  const names = [...new Set(all.map(({ name }) => name))].toSorted();
  const shown = names.slice(0, shownNames).join(", ");
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : "";
  return `nodes.openstack.${key}: the cloud ${given === undefined ? "has not exactly one" : "has none of this name or id"}.
    expected  ${names.length === 0 ? "one that these credentials can see; there is none" : `one of ${shown}${more}`}
    given     ${given ?? "nothing"}
    write     ${key}: ${names[0] ?? "<a name or id>"}`;
}
