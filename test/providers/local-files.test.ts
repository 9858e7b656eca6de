import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { localFiles } from "../../providers/local-files.ts";

it("files that are there and cannot be read are told from those that are not there", () => {
  const project = mkdtempSync(join(tmpdir(), "local-files-"));
  onTestFinished(() => rmSync(project, { recursive: true }));
  writeFileSync(join(project, "file"), "text");
  // Root can read everything but a folder.
  mkdirSync(join(project, "folder"));
  const files = localFiles(project);
  const look = (name: string) => {
    const path = files.absolute(name);
    return [files.isThere(path), files.isReadable(path), files.text(path)];
  };
  expect(look("file")).toEqual([true, true, "text"]);
  expect(look("folder")).toEqual([true, false, undefined]);
  expect(look("none")).toEqual([false, false, undefined]);
  expect(look("file/none")).toEqual([false, false, undefined]);
  expect(files.absolute("~/key")).toBe(join(homedir(), "key"));
});
