/** Runs generated text in a real bash, as devstack would. */
import { execFileSync } from "node:child_process";

/** Output of a bash script, split at NUL. */
function run(script: string): readonly string[] {
  const output = execFileSync("bash", ["-u"], { input: script, encoding: "utf8", env: { PATH: process.env.PATH } });
  return output.split("\0").slice(0, -1);
}

/** The body of `[[local|localrc]]` in the text of a local.conf. */
export function localrcOf(text: string): string {
  return /^\[\[local\|localrc\]\]\n((?:(?!\[\[).*\n)*)/m.exec(text)?.[1] ?? "";
}

/** The values of variables after bash has sourced a localrc; devstack's own functions do nothing but count. */
export function sourced(localrc: string, names: readonly string[]): readonly string[] {
  return run(`
enable_plugin() { PLUGINS="\${PLUGINS:-}[$*]"; }
disable_all_services() { ENABLED_SERVICES=; }
enable_service() { ENABLED_SERVICES="\${ENABLED_SERVICES:-}\${ENABLED_SERVICES:+,}$1"; }
disable_service() { ENABLED_SERVICES="\${ENABLED_SERVICES:-}-$1"; }
source /dev/stdin <<'__end_of_localrc__'
${localrc}
__end_of_localrc__
${names.map((name) => `printf '%s\\0' "$${name}"`).join("\n")}
`);
}

/** How devstack's merge hands a value to its ini functions: `read` takes backslashes off, or nothing does. */
export type Reading = "read" | "read -r";

/**
 * What devstack's ini functions get of the lines `key = value` of ini bodies: each becomes a line
 * `iniset FILE SECTION KEY "VALUE"`, which is read and then evaluated (devstack, inc/meta-config).
 */
export function evaluated(iniLines: readonly string[], reading: Reading): readonly string[] {
  const commands = iniLines.map((line) => {
    const value = line.slice(line.indexOf("=") + 1).replace(/^[ \t]*|[ \t]*$/g, "");
    return `iniset file section key "${value}"`;
  });
  return run(`
iniset() { printf '%s\\0' "$4"; }
while ${reading} line; do eval "$line"; done <<'__end_of_commands__'
${commands.join("\n")}
__end_of_commands__
`);
}
