/** devstack plugins and libraries of a job. */
import { assignment } from "../../schema/write.ts";
import type { DevstackPlugin, Settings } from "../../settings.ts";
import type { Violation } from "../../violation.ts";

/** A word that `enable_plugin` and LIBS_FROM_GIT take as one. */
const word = /^[^\s,'"`$\\]+$/;

/** Names, addresses and branches are single words; a name stands once, as devstack refuses to enable a plugin twice. */
export function pluginViolations({ devstack }: Settings): readonly Violation[] {
  const { plugins = [], libsFromGit = [] } = devstack;
  const isSound = ({ name, url, branch = "master" }: DevstackPlugin): boolean =>
    [name, url, branch].every((text) => word.test(text));
  const isFirst = ({ name }: DevstackPlugin, index: number): boolean =>
    plugins.findIndex((other) => other.name === name) === index;
  return [
    ...listViolation("plugins", plugins, (plugin, index) => isSound(plugin) && isFirst(plugin, index), {
      expected: "plugins with a name, an address and perhaps a branch, each a single word, and each name once",
      show: ({ name, url, branch }) => [name, url, branch].join(" ").trim(),
    }),
    ...listViolation("libsFromGit", libsFromGit, (name) => word.test(name), {
      expected: "names of libraries, each a single word",
      show: (name) => name,
    }),
  ];
}

function listViolation<Item>(
  key: string,
  items: readonly Item[],
  isFine: (item: Item, index: number) => boolean,
  text: { readonly expected: string; readonly show: (item: Item) => string },
): readonly Violation[] {
  const refused = items.filter((item, index) => !isFine(item, index));
  if (refused.length === 0) return [];
  return [
    {
      path: `devstack.${key}`,
      expected: text.expected,
      given: refused.map((item) => JSON.stringify(text.show(item))).join(", "),
      write: assignment(["devstack", key], items.filter(isFine)),
    },
  ];
}
