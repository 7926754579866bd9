import { mutationOf } from "./common.mjs";
export default mutationOf("engine", { folders: ["test/engine"], exclude: ["many-grants.test.ts", "many-at-once.test.ts"] });
