/** The shape of `devstack`. Names of releases, features and services are checked by their meaning, in `checks`. */
import { z } from "zod";
import type { IniSection } from "../localconf/part.ts";
import type { DevstackPlugin, DevstackSettings, Role } from "../settings.ts";
import { runShape } from "./devstack-run.ts";
import { asNames, asText, cidr, field, mapping, text, texts } from "./fields.ts";

/** Fixed range of the gate's jobs. */
const FIXED_RANGE = "10.1.0.0/20";

/** The newest state of devstack, and the release of flavors that name no other. */
export const NEWEST_RELEASE = "today";

/** A localrc or ini value: literal text, or text that bash expands. */
const value = field(z.union([z.string(), z.strictObject({ expr: z.string() })]), {
  expected: 'a text (in quotes where YAML would read a number or a truth value), or { expr: "…" } for bash to expand',
  example: "",
  repair: (given) => {
    const [only, ...more] = typeof given === "object" && given !== null ? Object.values(given) : [];
    return typeof only === "string" && more.length === 0 ? { expr: only } : asText(given);
  },
});

const variableName = {
  what: "a name of a shell variable: letters, digits and _, not beginning with a digit",
  pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
  repair: (given: string): string => given.replaceAll(/[^A-Za-z0-9_]+/g, "_").replace(/^(?=\d)/, "_"),
};

const localrc = mapping(variableName, value, "a mapping of localrc variables to values").prefault({});

/** An ini option's value, or several values of one key. */
const optionValues = field(
  z.union([value, z.array(value)]).transform((given) => (Array.isArray(given) ? given : [given])),
  {
    expected: "a text, or a list of texts for a key that repeats",
    example: "",
    repair: (given) => (Array.isArray(given) ? given.map((element) => asText(element) ?? "") : asText(given)),
  },
);

const iniName = { what: "a name without brackets or line breaks", pattern: /^[^[\]\r\n]+$/, repair: withoutBrackets };

const sections = mapping(
  {
    what: "a phase and a file, as in post-config|$NOVA_CONF",
    pattern: /^[a-z][a-z-]*\|[^[\]|\r\n]+$/,
    repair: (given) => withoutBrackets(given.includes("|") ? given : `post-config|${given}`).trim(),
  },
  mapping(
    iniName,
    mapping(iniName, optionValues, "a mapping of ini options to values"),
    'a mapping of ini sections, such as { DEFAULT: { debug: "True" } }',
  ),
  "a mapping of phase|file to ini sections",
)
  .transform((files) => Object.entries(files).map(([name, body]) => iniSection(name, body)))
  .prefault({});

const switchedNames = z
  .strictObject({
    all: texts("names for all nodes", []).default([]),
    primary: texts("names for the primary", []).default([]),
    subnode: texts("names for the subnodes", []).default([]),
  })
  .prefault({});

const switches = z.strictObject({ enable: switchedNames, disable: switchedNames }).prefault({});

/** A list is short for the names that all nodes get. */
const switchesOrList = field(
  z.preprocess((given) => (Array.isArray(given) ? { enable: { all: given } } : given), switches),
  {
    expected: "a list of names, or a mapping of enable and disable",
    example: [],
    repair: asNames,
  },
);

const plugin = z.strictObject({
  name: z.string().regex(/^\S+$/),
  url: z.string().regex(/^\S+$/),
  branch: z.string().regex(/^\S+$/).exactOptional(),
  services: z.array(z.string().min(1)).exactOptional(),
}) satisfies z.ZodType<DevstackPlugin>;

const plugins = field(z.array(plugin), {
  expected: `a list of plugins, each { ${Object.keys(plugin.shape).join(", ")} } without blanks in them; name and url are needed`,
  example: [],
  repair: (given) =>
    Array.isArray(given) ? given.map(asPlugin).filter((one) => plugin.safeParse(one).success) : undefined,
});

const release = (example: string): z.ZodString => text("a release of devstack", example);

const roles = ["primary", "subnode"] as const satisfies readonly Role[];

/** `devstack`, with the gate's values where the user says nothing; the release's default is the flavor's. */
export const devstackShape = z.strictObject({
  release: release(NEWEST_RELEASE).exactOptional(),
  features: switchesOrList.prefault({}),
  services: switches,
  localrc: z.strictObject({ all: localrc, primary: localrc, subnode: localrc }).prefault({}),
  plugins: plugins.default([]),
  libsFromGit: texts("libraries to install from git", ["oslo.messaging"]).default([]),
  sections: z.strictObject({ all: sections, primary: sections, subnode: sections }).prefault({}),
  fragment: text("text of a local.conf", "[[local|localrc]]").exactOptional(),
  secrets: mapping(
    variableName,
    text("a secret value", "a-secret"),
    "a mapping of secret variables to values",
  ).prefault({}),
  dvrSnat: field(z.array(z.enum(roles)), {
    expected: `a list of the roles whose L3 agents run as dvr_snat, of ${roles.join(", ")}`,
    example: ["subnode"],
    repair: (given) =>
      Array.isArray(given) ? given.filter((role) => (roles as readonly unknown[]).includes(role)) : [given],
  }).default(["subnode"]),
  grenade: field(z.strictObject({ base: release("wallaby"), target: release(NEWEST_RELEASE) }), {
    expected: "a mapping of the releases to upgrade between: base, target",
    example: { base: "wallaby", target: NEWEST_RELEASE },
  }).exactOptional(),
  fixedRange: cidr({ what: "the fixed range of guests", example: FIXED_RANGE, family: "IPv4" }).default(FIXED_RANGE),
  run: runShape.prefault({}),
}) satisfies z.ZodType<Omit<DevstackSettings, "release">>;

/** `post-config|$NOVA_CONF` and its ini body as one section of a local.conf. */
function iniSection(
  name: string,
  body: Readonly<Record<string, Readonly<Record<string, readonly z.output<typeof value>[]>>>>,
): IniSection {
  const [phase = "", file = ""] = name.split("|", 2);
  const options = Object.entries(body).flatMap(([section, pairs]) =>
    Object.entries(pairs).flatMap(([key, values]) => values.map((single) => ({ section, key, value: single }))),
  );
  return { phase, file, options };
}

/** What a plugin that is not one was meant to be: its known keys, or a bare URL with a name taken from it. */
function asPlugin(given: unknown): unknown {
  if (typeof given === "string") {
    return { name: given.split("/").at(-1), url: given };
  }
  const known = Object.keys(plugin.shape);
  return Object.fromEntries(Object.entries(given ?? {}).filter(([key]) => known.includes(key)));
}

function withoutBrackets(given: string): string {
  return given.replaceAll(/[[\]\r\n]+/g, "");
}
