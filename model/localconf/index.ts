/** local.conf: made from the plan, written, read, and its secrets filled in. */
export { localConf } from "./assemble.ts";
export type { IniLine, LocalConfDocument, LocalConfSection, LocalrcLine, VariableValue } from "./document.ts";
export { type LocalConfFile, localConfFiles } from "./files.ts";
export { type GrenadePair, grenadeLocalConfs } from "./grenade.ts";
export { parseLocalConf } from "./parse.ts";
export { renderLocalConf } from "./render.ts";
export { configuredSecrets, fillSecrets, SECRET_PLACEHOLDER, secretNames } from "./secrets.ts";
export { devstackViolations } from "./violations.ts";
