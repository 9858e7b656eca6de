/** The variables and sections every flavor's local.conf has, after devstack-gate's and devstack's own jobs. */
import { parseAddress, rangeOf, rangeSize } from "../addresses.ts";
import type { LocalConfContext } from "../flavors/flavor.ts";
import { knownRelease } from "../services/releases.ts";
import type { LocalConfPart } from "./part.ts";
import { firstHost } from "./ranges.ts";
import { secretNames } from "./secrets.ts";
import { hasFeature } from "./services.ts";

/** Port of glance's API (devstack, lib/glance). */
const glancePort = 9292;

/** What every node gets, whatever its flavor. */
export function basePart(context: LocalConfContext): LocalConfPart {
  return {
    localrc: {
      ...addresses(context),
      ...database(context),
      ...secrets(context),
      ...ranges(context),
      ...(context.nodes.length > 1 ? migration : {}),
      ...logging,
      ...installation,
      ...workloads,
      ...(knownRelease(context.settings.devstack.release) === "today" ? {} : untilWallaby(context)),
      ...libraries(context),
    },
  };
}

/** Which database there is; before today the primary's services alone said so. */
function database({ settings, node }: LocalConfContext): LocalConfPart["localrc"] {
  if (node.role === "primary" && knownRelease(settings.devstack.release) !== "today") return {};
  return { DATABASE_TYPE: hasFeature(settings, "primary", "postgresql") ? "postgresql" : "mysql" };
}

/** Where things are; devstack wants an IPv6 host in brackets wherever a port may follow. */
function addresses({ node, primary }: LocalConfContext): LocalConfPart["localrc"] {
  const isIpv6 = parseAddress(primary.address)?.family === "IPv6";
  const host = isIpv6 ? `[${primary.address}]` : primary.address;
  return {
    HOST_IP: node.address,
    ...(isIpv6 ? { HOST_IPV6: node.address, SERVICE_IP_VERSION: "6", TUNNEL_IP_VERSION: "6" } : {}),
    SERVICE_HOST: host,
    ...(node.role === "primary"
      ? {}
      : { DATABASE_HOST: host, RABBIT_HOST: host, GLANCE_HOSTPORT: `${host}:${glancePort}`, Q_HOST: host }),
  };
}

/** MYSQL_PASSWORD replaces DATABASE_PASSWORD in devstack (lib/database), so it must be the same. */
function secrets({ settings }: LocalConfContext): LocalConfPart["localrc"] {
  const placeholders = Object.fromEntries(secretNames(settings).map((name) => [name, { secret: name }]));
  return { MYSQL_PASSWORD: { expr: "$DATABASE_PASSWORD" }, ...placeholders };
}

function ranges({ settings }: LocalConfContext): LocalConfPart["localrc"] {
  const { fixedRange } = settings.devstack;
  const { floatingRange } = settings.overlay;
  return {
    FIXED_RANGE: fixedRange,
    IPV4_ADDRS_SAFE_TO_USE: fixedRange,
    FLOATING_RANGE: floatingRange,
    PUBLIC_NETWORK_GATEWAY: firstHost(floatingRange),
  };
}

/** Between nodes, a guest is moved to another node and its disk with it: there is no shared storage. */
const migration = {
  NOVA_ALLOW_MOVE_TO_SAME_HOST: "False",
  LIVE_MIGRATION_AVAILABLE: "True",
  USE_BLOCK_MIGRATION_FOR_LIVE_MIGRATION: "True",
};

/** devstack's home on a node; its own default. */
export const devstackHome = "/opt/stack";

const logging = {
  DEST: devstackHome,
  DATA_DIR: { expr: "$DEST/data" },
  LOGFILE: { expr: "$DEST/logs/devstacklog.txt" },
  LOG_COLOR: "False",
  VERBOSE: "True",
  SYSLOG: "False",
};

const installation = {
  ERROR_ON_CLONE: "True",
  INSTALL_TEMPEST: "False",
  NOVNC_FROM_PACKAGE: "True",
};

/** Guests are emulated: gate nodes are virtual machines without nested virtualisation. Timeouts are in seconds. */
const workloads = {
  VIRT_DRIVER: "libvirt",
  LIBVIRT_TYPE: "qemu",
  FORCE_CONFIG_DRIVE: "True",
  VOLUME_BACKING_FILE_SIZE: "24G",
  CINDER_VOLUME_CLEAR: "none",
  SWIFT_REPLICAS: "1",
  ACTIVE_TIMEOUT: "90",
  BOOT_TIMEOUT: "90",
  ASSOCIATE_TIMEOUT: "60",
  TERMINATE_TIMEOUT: "60",
};

/** What devstack has dropped since. */
function untilWallaby({ settings }: LocalConfContext): LocalConfPart["localrc"] {
  return {
    FIXED_NETWORK_SIZE: String(rangeSize(rangeOf(settings.devstack.fixedRange))),
    UNDO_REQUIREMENTS: "False",
  };
}

function libraries({ settings }: LocalConfContext): LocalConfPart["localrc"] {
  const libraries = settings.devstack.libsFromGit ?? [];
  return libraries.length === 0 ? {} : { LIBS_FROM_GIT: libraries.join(",") };
}
