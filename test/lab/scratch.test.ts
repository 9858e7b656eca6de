import { it } from "vitest";
import { testStack } from "../support/stack.ts";
const stack = testStack();
it("works", async () => {
  const s = stack();
  const up = await s.up();
  console.log(up.seconds);
  console.log(JSON.stringify(await s.preview()));
  await s.on("primary", "ovs-vsctl set interface br-ex mtu_request=1400");
  await s.on("subnode-2", "ovs-vsctl del-br br-ex");
  console.log(JSON.stringify(await s.preview("--refresh"), null, 0));
  console.log((await s.up("--refresh")).all);
  console.log(JSON.stringify(await s.preview("--refresh"), null, 0));
});
