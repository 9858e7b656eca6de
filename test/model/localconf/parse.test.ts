// biome-ignore-all lint/suspicious/noTemplateCurlyInString: braces after a dollar are bash here, not JavaScript
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { IniLine, LocalConfDocument, LocalConfSection, LocalrcLine } from "../../../model/localconf/document.ts";
import { parseLocalConf, renderLocalConf } from "../../../model/localconf/index.ts";

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const word = fc.stringMatching(/^[a-z$/_.-]{1,12}$/);
const line = fc.string({ unit: "grapheme" }).map((value) => value.replace(/[\0\n\r]/g, ""));
const iniText = line.map((value) => value.replaceAll("\u0001", "").trim());
const expression = fc.constantFrom("$DEST/logs", "${HOST_IP}:80", "a $B c", "$(hostname)", '$(echo "a b")', "\\$5");
const comment = fc.constantFrom(
  "",
  "# a comment",
  "  # indented",
  "if true; then",
  "fi",
  "export A=b",
  "enable_service q-svc",
);

const localrcLine: fc.Arbitrary<LocalrcLine> = fc.oneof(
  fc.record({ kind: fc.constant("variable" as const), name, value: fc.oneof(line, fc.record({ expr: expression })) }),
  name.map((secret) => ({ kind: "variable" as const, name: secret, value: { secret } })),
  fc.record({
    kind: fc.constant("plugin" as const),
    plugin: fc.oneof(fc.record({ name: word, url: word }), fc.record({ name: word, url: word, branch: word })),
  }),
  comment.map((text) => ({ kind: "text" as const, text })),
);
const iniBodyLine: fc.Arbitrary<IniLine> = fc.oneof(
  fc.record({ kind: fc.constant("section" as const), name }),
  fc.record({ kind: fc.constant("option" as const), key: name, value: fc.oneof(iniText, fc.record({ expr: word })) }),
  fc.constantFrom("", "# a comment", "  continued").map((text) => ({ kind: "text" as const, text })),
);
const section: fc.Arbitrary<LocalConfSection> = fc.oneof(
  fc.record({ kind: fc.constant("localrc" as const), lines: fc.array(localrcLine) }),
  fc.record({
    kind: fc.constant("ini" as const),
    phase: fc.constantFrom("post-config", "post-extra", "extra", "test-config"),
    file: word,
    lines: fc.array(iniBodyLine),
  }),
);
const document: fc.Arbitrary<LocalConfDocument> = fc.record({
  header: fc.array(fc.constantFrom("", "# made by", "anything")),
  sections: fc.array(section),
});

describe("a local.conf", () => {
  test("is the same text after it is written, read and written again", () => {
    fc.assert(
      fc.property(document, (made) => {
        const text = renderLocalConf(made);
        expect(renderLocalConf(parseLocalConf(text))).toBe(text);
      }),
    );
  });

  test("means the same after it is written and read", () => {
    const made: LocalConfDocument = {
      header: ["# made by hand", ""],
      sections: [
        {
          kind: "localrc",
          lines: [
            { kind: "variable", name: "PLAIN", value: "it's $5 `now`" },
            { kind: "variable", name: "LOGDIR", value: { expr: "$DEST/logs" } },
            { kind: "variable", name: "ADMIN_PASSWORD", value: { secret: "ADMIN_PASSWORD" } },
            { kind: "plugin", plugin: { name: "ironic", url: "https://example.org/ironic", branch: "stable/train" } },
            { kind: "text", text: "enable_service q-svc" },
          ],
        },
        {
          kind: "ini",
          phase: "post-config",
          file: "/$NEUTRON_CORE_PLUGIN_CONF",
          lines: [
            { kind: "section", name: "ml2" },
            { kind: "option", key: "price", value: 'a\\b "$5"\\' },
            { kind: "option", key: "price", value: "second" },
            { kind: "option", key: "dir", value: { expr: "$DEST" } },
            { kind: "text", text: "# done" },
          ],
        },
      ],
    };
    expect(parseLocalConf(renderLocalConf(made))).toEqual(made);
  });

  test("written by anyone else keeps its text", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(line, fc.constantFrom("[[local|localrc]]", "[[extra|a.conf]]", "A=b c", "x=$y", "[a b]"))),
        (lines) => {
          const text = lines.map((each) => `${each}\n`).join("");
          expect(renderLocalConf(parseLocalConf(text))).toBe(text);
        },
      ),
    );
  });
});
