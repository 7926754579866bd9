import { mutationOf } from "./common.mjs";

export default mutationOf("core", { folders: ["test/core", "test/catalog"] });
