import { defineConfig } from "tsup";

// One entry per subpath export. Shared code goes into chunks, so that every entry of one format sees the same
// classes, and `coffer` alone never loads what only another entry needs.
export default defineConfig({
  entry: {
    index: "src/index.ts",
    memory: "src/stores/memory.ts",
    store: "src/store/index.ts",
    testing: "src/testing/index.ts",
  },
  format: ["esm", "cjs"],
  target: "node20",
  platform: "node",
  splitting: true,
  treeshake: false,
  dts: true,
  sourcemap: false,
  clean: true,
  outDir: "dist",
});
