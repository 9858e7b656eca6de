/** How values and paths of the configuration are shown to the user, and how a fix is written as YAML. */
import { stringify } from "yaml";

/** The namespace of the project's configuration keys in a stack file. */
export const CONFIG_NAMESPACE = "devstack-multinode";

/** Keys of a path from the top of the configuration, e.g. `["nodes", "lab", "underlay"]`. */
export type Path = readonly string[];

/** Longest value shown in a message, in characters. */
const SHOWN_LENGTH = 100;

/** What stands for a secret value in what was given, and in what to write. */
const HIDDEN = "<not shown>";
const PLACEHOLDER = "<your secret>";

/** Names of variables whose values are secrets (domain: the passwords, SERVICE_TOKEN and SWIFT_HASH), and a login's key. */
const SECRET_NAME = /password|secret|token|swift_hash|private_?key$/i;

/**
 * A path as text: `nodes.lab.underlay`, `nodes.inventory.hosts[0].address`; a key with other characters than names have
 * stands in `["…"]`.
 */
export function pathText(path: Path): string {
  return path
    .map((key, index) => {
      if (index > 0 && /^\d+$/.test(key)) {
        return `[${key}]`;
      }
      if (!/^[\w-]+$/.test(key)) {
        return `[${JSON.stringify(key)}]`;
      }
      return index === 0 ? key : `.${key}`;
    })
    .join("");
}

/** The line of YAML that sets the last key of a path, or the element of a list, to a value. */
export function assignment(path: Path, value: unknown): string {
  const key = path.at(-1) ?? "";
  if (path.length > 1 && /^\d+$/.test(key)) {
    return `- ${inline(masked(value, path, PLACEHOLDER))}`;
  }
  const name = path.length === 1 ? `${CONFIG_NAMESPACE}:${key}` : inline(key);
  return `${name}: ${inline(masked(value, path, PLACEHOLDER))}`;
}

/** A value as short text for a message; secrets are hidden. */
export function shown(value: unknown, path: Path): string {
  if (value === undefined) {
    return "nothing";
  }
  if (value === null) {
    return "an empty value";
  }
  const text = inline(masked(value, path, HIDDEN));
  return text.length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH - 1)}…`;
}

/** A value on one line of YAML. */
function inline(value: unknown): string {
  const hasLineBreaks = JSON.stringify(value)?.includes("\\n") === true;
  return hasLineBreaks
    ? JSON.stringify(value)
    : stringify(value, { collectionStyle: "flow", lineWidth: 0, flowCollectionPadding: true }).trimEnd();
}

/** The value with a mask over everything that stands at, or under, a key of a secret's name. */
function masked(value: unknown, path: Path, mask: string): unknown {
  if (typeof value === "object" && value !== null) {
    return Array.isArray(value)
      ? value.map((element) => masked(element, path, mask))
      : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner, [...path, key], mask)]));
  }
  return value !== undefined && path.some((key) => SECRET_NAME.test(key)) ? mask : value;
}
