/** What an existing local.conf text must be like to be merged into the files of all nodes. */
import { assignment } from "../../schema/write.ts";
import type { Settings } from "../../settings.ts";
import type { Violation } from "../../violation.ts";
import { assignedVariable } from "../fragment.ts";
import { parseLocalConf } from "../parse.ts";
import { isSecret } from "../secrets.ts";

const path = ["devstack", "fragment"];

/** The fragment has sections, says nothing that only one node can say, and holds no secret. */
export function fragmentViolations(settings: Settings): readonly Violation[] {
  const { fragment } = settings.devstack;
  if (fragment === undefined || fragment.trim() === "") return [];
  if (parseLocalConf(fragment).sections.length === 0) {
    return [
      {
        path: path.join("."),
        expected: "text of a local.conf: sections that begin with [[phase|file]], such as [[local|localrc]]",
        given: "text without such a line",
        write: assignment(path, `[[local|localrc]]\n${fragment}`),
      },
    ];
  }
  const isHostIp = (name: string): boolean => name === "HOST_IP";
  const isHidden = (name: string): boolean => isSecret(settings, name);
  const mended = linesOf(fragment).filter((line) => !isHidden(assigned(line)) && !isHostIp(assigned(line)));
  const refuse = (isRefused: (name: string) => boolean, expected: string): readonly Violation[] => {
    const names = linesOf(fragment).map(assigned).filter(isRefused);
    const given = `assignments of ${names.join(", ")}`;
    return names.length === 0
      ? []
      : [{ path: path.join("."), expected, given, write: assignment(path, mended.join("\n")) }];
  };
  return [
    ...refuse(isHostIp, "no HOST_IP: every node has its own, and gets it without asking"),
    ...refuse(isHidden, "no secrets: they belong under devstack.secrets, which keeps them out of plain text"),
  ];
}

function linesOf(text: string): readonly string[] {
  return text.split("\n");
}

/** The variable a line assigns, or an empty text. */
function assigned(line: string): string {
  return assignedVariable(line) ?? "";
}
