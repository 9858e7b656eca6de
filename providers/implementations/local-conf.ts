/** Implementation of a node's local.conf. */
import { dirname } from "node:path";
import { fillSecrets, secretPlaceholder } from "../../model/localconf/secrets.ts";
import { accept, changedProperties, differenceOnNodes } from "../implementation.ts";
import type { LocalConfInputs, LocalConfOutputs } from "../local-conf.ts";
import { ForeignObject, foreignObject, type Mark, markText, parseMark } from "../mark.ts";
import { markedObject, recorded } from "../marked-object.ts";
import { isNodeGone, type NodeHandle } from "../remote/node-handle.ts";
import { sh } from "../remote/quote.ts";
import { run } from "../remote/run.ts";

/** The file with the secrets filled in; read back, they are placeholders again, so that a preview shows every other line. */
export const localConf = markedObject<LocalConfInputs, LocalConfOutputs>({
  check: accept,
  diff: async (_id, olds, news) =>
    differenceOnNodes(olds, news, "node", ["environment", "path"], ["mode", "owner", "content", "secrets"]),
  leftover: ({ path }) => path,
  place: ({ node, path }) => `${node.name}${path}`,
  record(inputs, olds) {
    const { generation, revision } = recorded(olds);
    const isKept = olds !== undefined && changedProperties(olds, inputs, ["content", "secrets"]).length === 0;
    // A state of before this was recorded has none.
    const contentRevision = isKept ? (olds.contentRevision ?? olds.revision) : revision;
    return { ...inputs, generation, revision, contentRevision, madeFolder: olds?.madeFolder ?? false };
  },
  inputsOf: ({ generation, revision, contentRevision, madeFolder, ...inputs }) => inputs,

  async make(outs) {
    const madeFolder = await write(outs);
    return { ...outs, madeFolder: outs.madeFolder || madeFolder };
  },

  async find(outs) {
    const file = await find(outs);
    if (file === undefined || file.mark?.environment !== outs.environment) return undefined;
    return { mode: file.mode, owner: file.owner, content: withPlaceholders(file.text, outs.secrets) };
  },

  async delete(_id, outs) {
    const file = await find(outs);
    if (file?.mark?.environment !== outs.environment || file.mark.generation !== outs.generation) return;
    const folder = outs.madeFolder ? sh`rmdir --ignore-fail-on-non-empty ${dirname(outs.path)}` : sh`true`;
    await run(outs.node, `remove ${outs.path}`, sh`rm -f ${outs.path} && ${folder}`);
  },
});

/** The file as it is on the node. */
interface FoundFile {
  mark: Mark | undefined;
  mode: string;
  owner: string;
  /** Its text without the line of the mark. */
  text: string;
}

/** Opens the line of the mark; devstack reads nothing before the first `[[`. */
const markPrefix = "# ";

async function find({ node, path }: LocalConfInputs): Promise<FoundFile | undefined> {
  if (isNodeGone(node)) return undefined;
  const output = await run(node, `read ${path}`, sh`[ ! -e ${path} ] || { stat -c '%a %U' ${path} && cat ${path}; }`);
  if (output === "") return undefined;
  const [about = "", first = "", ...rest] = output.split("\n");
  const [mode = "", owner = ""] = about.split(" ");
  const mark = first.startsWith(markPrefix) ? parseMark(first.slice(markPrefix.length)) : undefined;
  return { mark, mode, owner, text: (mark === undefined ? [first, ...rest] : rest).join("\n") };
}

/**
 * Writes the file, whole or not at all, after making sure that one already there is ours. The text goes through
 * standard input, as it holds the secrets.
 *
 * @returns whether the folder had to be made
 */
async function write(outs: LocalConfOutputs): Promise<boolean> {
  const { node, path, owner, mode } = outs;
  const folder = dirname(path);
  const step = `write ${path}`;
  const own = markPrefix + markText(outs).split(" ").slice(0, 2).join(" ");
  const text = `${markPrefix}${markText(outs)}\n${fillSecrets(outs.content, outs.secrets)}`;
  const answer = await run(
    node,
    step,
    sh`set -e
if [ -e ${path} ]; then case "$(head -n 1 ${path})" in ${own}' '*) ;; *) head -n 1 ${path}; exit 0 ;; esac; fi
[ -d ${folder} ] || { install -d -o ${owner} -g "$(id -gn ${owner})" ${folder} && echo made-folder; }
umask 077; cat >${path}.new; chown ${owner}: ${path}.new; chmod ${mode} ${path}.new; mv ${path}.new ${path}; echo written`,
    { stdin: text },
  );
  if (!answer.endsWith("written\n")) throw refusal(node, step, path, answer);
  return answer.startsWith("made-folder");
}

function refusal(node: NodeHandle, step: string, path: string, firstLine: string): ForeignObject {
  const mark = parseMark(firstLine.slice(markPrefix.length));
  return new ForeignObject(
    node.name,
    step,
    foreignObject(`a file ${path}`, mark?.environment, `on ${node.name}: mv ${path} ${path}.mine`),
  );
}

/** The text as previews may show it: a secret's line as its placeholder, and nothing of one that somebody changed. */
function withPlaceholders(text: string, secrets: Record<string, string>): string {
  return text.replaceAll(/^([A-Za-z_]\w*)=.*$/gm, (line, name: string) => {
    if (!(name in secrets)) return line;
    const placeholder = `${name}=${secretPlaceholder(name)}`;
    return line === fillSecrets(placeholder, secrets) ? placeholder : `${name}=(not the stack's secret)`;
  });
}
