import { mutationOf } from "./common.mjs";

export default mutationOf("engine", {
  folders: ["test/engine"],
  // Seconds each, for tens of thousands of grants: every survivor would wait for them.
  exclude: ["many-grants.test.ts", "many-at-once.test.ts"],
});
