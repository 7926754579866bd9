import { defineConfig, type Options } from "tsup";

const shared: Options = {
  entry: {
    index: "src/index.ts",
    memory: "src/stores/memory.ts",
    sqlite: "src/stores/sqlite.ts",
    postgres: "src/stores/postgres.ts",
    mysql: "src/stores/mysql.ts",
    store: "src/store/index.ts",
    testing: "src/testing/index.ts",
    webhooks: "src/webhooks/index.ts",
    billing: "src/billing/index.ts",
    finance: "src/finance/index.ts",
    "billing-stripe": "src/billing/stripe/index.ts",
  },
  target: "node20",
  platform: "node",
  dts: true,
  removeNodeProtocol: false,
  outDir: "dist",
};

// One entry per subpath export, none of which loads what only another one needs. ESM entries share chunks. CommonJS
// ones stand alone: splitting would pass them through a converter that rewrites `?.` and `??` into slow calls; errors
// are told by brand, so copies of a class do not matter.
export default defineConfig([
  { ...shared, format: "esm", splitting: true },
  { ...shared, format: "cjs", splitting: false },
]);
