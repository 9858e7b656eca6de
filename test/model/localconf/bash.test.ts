// biome-ignore-all lint/suspicious/noTemplateCurlyInString: braces after a dollar are bash here, not JavaScript
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fillSecrets, localConf, renderLocalConf, secretNames } from "../../../model/localconf/index.ts";
import { iniLine } from "../../../model/localconf/render.ts";
import { evaluated, localrcOf, type Reading, sourced } from "./bash.ts";
import { contextOf, settingsOf } from "./settings.ts";

/** Texts that are likely to be taken apart by a shell, beside any others; without what a line cannot hold. */
const text = fc
  .oneof(
    fc.string({
      unit: fc.constantFrom("'", '"', "\\", "$", "`", " ", "a", "{", "}", "(", ")", "!", "&", "#", "*", "~"),
    }),
    fc.string({ unit: "grapheme" }),
    fc.constantFrom("", "$HOME", "`id`", "$(id)", "it's", "end\\", "-n", "{{secret ADMIN_PASSWORD}}", "]]", "[[a|b]]"),
  )
  .map((value) => value.replace(/[\0\n\r\u2028\u2029]/g, ""));

/** Values for the secrets that every stack has. */
const generated = Object.fromEntries(secretNames(settingsOf("neutron-dvr")).map((name) => [name, `generated-${name}`]));

/** Many values for one bash, as starting it costs more than all of them. */
const texts = fc.array(text, { minLength: 1, maxLength: 200 });
const runs = { numRuns: 12 };

function variables(values: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(values.map((value, index) => [`VALUE_${index}`, value]));
}

describe("a bash that sources the localrc", () => {
  test("has exactly the values given in the configuration", () => {
    fc.assert(
      fc.property(texts, (values) => {
        const all = variables(values);
        const settings = settingsOf("neutron-dvr", { devstack: { localrc: { all, primary: {}, subnode: {} } } });
        const text = fillSecrets(renderLocalConf(localConf(contextOf(settings, "primary"))), generated);
        expect(sourced(localrcOf(text), Object.keys(all))).toEqual(values);
      }),
      runs,
    );
  });

  test("has exactly the values of the secrets", () => {
    fc.assert(
      fc.property(texts, (values) => {
        const secrets = variables(values);
        const settings = settingsOf("neutron", { devstack: { secrets } });
        const filled = fillSecrets(renderLocalConf(localConf(contextOf(settings, "subnode"))), {
          ...generated,
          ...secrets,
        });
        expect(sourced(localrcOf(filled), Object.keys(secrets))).toEqual(values);
      }),
      runs,
    );
  });

  test("has expanded expressions, whatever order they are given in", () => {
    const all = {
      C: { expr: "${B}/c" },
      B: { expr: '$A/b \\$x $(echo "d e")' },
      A: "it's $5",
      LATE: { expr: "$HOST_IP:$LOGFILE" },
    };
    const settings = settingsOf("neutron-dvr", { devstack: { localrc: { all, primary: {}, subnode: {} } } });
    const text = fillSecrets(renderLocalConf(localConf(contextOf(settings, "primary"))), generated);
    expect(sourced(localrcOf(text), ["A", "B", "C", "LATE"])).toEqual([
      "it's $5",
      "it's $5/b $x d e",
      "it's $5/b $x d e/c",
      "10.20.0.10:/opt/stack/logs/devstacklog.txt",
    ]);
  });

  test("knows the services in full, today and before", () => {
    for (const release of ["rocky", "today"]) {
      const settings = settingsOf("neutron-dvr", { devstack: { release } });
      const text = fillSecrets(renderLocalConf(localConf(contextOf(settings, "subnode"))), generated);
      const [services = ""] = sourced(localrcOf(text), ["ENABLED_SERVICES"]);
      expect(services.split(",")).toEqual(
        expect.arrayContaining(["n-cpu", "q-agt", "q-l3", "q-meta", "placement-client"]),
      );
      expect(services).not.toMatch(/n-net|n-api|q-svc/);
    }
  });

  test("uses one password for the database under both of its names", () => {
    const text = fillSecrets(renderLocalConf(localConf(contextOf(settingsOf("neutron"), "primary"))), generated);
    const [database, mysql] = sourced(localrcOf(text), ["DATABASE_PASSWORD", "MYSQL_PASSWORD"]);
    expect(mysql).toBe(database);
    expect(database).toBe("generated-DATABASE_PASSWORD");
  });
});

describe.each<Reading>(["read", "read -r"])("devstack's evaluation of ini values, lines taken by `%s`,", (reading) => {
  test("gives exactly the values given in the configuration", () => {
    const iniText = text.map((value) => value.replaceAll("\u0001", "").trim());
    fc.assert(
      fc.property(fc.array(iniText, { minLength: 1, maxLength: 100 }), (values) => {
        const lines = values.map((value) => iniLine({ kind: "option", key: "key", value }));
        expect(evaluated(lines, reading)).toEqual(values);
      }),
      runs,
    );
  });

  test("expands expressions", () => {
    const line = iniLine({ kind: "option", key: "key", value: { expr: "${HOSTNAME:+host}/$((1 + 1))" } });
    expect(evaluated([line], reading)).toEqual(["host/2"]);
  });
});
