/** Another stack on the host: what one stack did to a host no other may change. */
import type { Check } from "./check.ts";

/** Names the stacks, and what takes each off the host. */
export const otherStacks: Check = ({ facts }) =>
  facts.otherStacks === ""
    ? []
    : [
        {
          subject: "other stacks",
          expected: "a host without another stack's marks",
          given: facts.otherStacks,
          remedy: `where that stack was made: ${facts.otherStackNames.map((name) => `npm run destroy -- ${name}`).join("; ")}; or use another host`,
        },
      ];
