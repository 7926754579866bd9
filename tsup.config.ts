import { transform } from "esbuild";
import { defineConfig, type Options } from "tsup";

/**
 * Turns the chunks of the CJS build into CommonJS by Node's own rules. tsup's converter reads the default export of
 * a CommonJS dependency otherwise than `import` does in Node, and rewrites `?.`, `??` and `import()`.
 */
const commonJsAsInNode: NonNullable<Options["plugins"]>[number] = {
  name: "common-js-as-in-node",
  async renderChunk(code, { path }) {
    if (this.format !== "cjs") return;
    this.splitting = false; // so tsup's converter, which comes next, passes the chunk over
    const sourcefile = path.replace(/\.cjs$/, ".mjs");
    const { code: converted } = await transform(code, {
      format: "cjs",
      platform: "node",
      target: "node20",
      sourcefile,
      banner: `"use strict";`,
    });
    return { code: converted };
  },
};

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
  dts: true,
  removeNodeProtocol: false,
  clean: true,
  outDir: "dist",
  plugins: [commonJsAsInNode],
});
