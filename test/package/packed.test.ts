/** The tarball as its users get it: installed into an empty project, imported, required and type-checked. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { ENTRY_POINTS, requireBuild, ROOT, run, temporaryFolder } from "./support.js";

const folder = temporaryFolder("packed");
afterAll(() => rmSync(folder, { recursive: true }));

const packedSchema = z.tuple([
  z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }),
]);
let files: readonly string[] = [];

beforeAll(() => {
  requireBuild();
  const [packed] = packedSchema.parse(
    JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", `--pack-destination=${folder}`])),
  );
  files = packed.files.map((file) => file.path);
  write("package.json", `{ "name": "consumer", "private": true, "type": "module" }`);
  run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${packed.filename}`], folder);
});

function write(file: string, text: string): void {
  writeFileSync(join(folder, file), text);
}

/** What each consumer does; all but the `import` lines are alike in ESM, CJS and TypeScript. */
const USE = `
async function main() {
  const catalog = defineCatalog({
    currencies: { tokens: { name: "AI tokens" } },
    features: { chat: { currency: "tokens", rate: { credits: "2", per: 1000 } } },
  });
  const credits = createCreditEngine({ catalog, store: memoryStore() });
  await credits.grant({
    customerId: "acme",
    currency: "tokens",
    amount: 10,
    category: "promotional",
    idempotencyKey: "g1",
  });
  await credits.withdraw({ customerId: "acme", feature: "chat", quantity: 1500, idempotencyKey: "w1" });
  const { available } = await credits.balance({ customerId: "acme", currency: "tokens" });
  const tried = await credits.withdraw({ customerId: "acme", feature: "chat", quantity: 1e6, idempotencyKey: "w2" })
    .catch((error) => error);
  if (!CreditError.is(tried, "insufficient_credits")) throw tried;
  console.log(available.equals(new Decimal(7)), JSON.stringify({ available }));
  await credits.close();
}
void main();
`;

const NAMES = "createCreditEngine, CreditError, Decimal, defineCatalog";
const ESM = `import { ${NAMES} } from "coffer";\nimport { memoryStore } from "coffer/memory";\n${USE}`;
const CJS = `const { ${NAMES} } = require("coffer");\nconst { memoryStore } = require("coffer/memory");\n${USE}`;
const PRINTED = `true {"available":"7"}\n`;

test("holds what is published and nothing else", () => {
  expect(
    files.filter((file) => !file.startsWith("dist/") && !/^docs\/.*\.(md|svg)$/.test(file)).sort(),
  ).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
  expect(files.filter((file) => !/\.(js|cjs|d\.ts|d\.cts)$/.test(file) && file.startsWith("dist/"))).toEqual(
    [],
  );
});

test("works from ESM", () => {
  write("consumer.mjs", ESM);
  expect(run("node", ["consumer.mjs"], folder)).toBe(PRINTED);
});

test("works from CJS", () => {
  write("consumer.cjs", CJS);
  expect(run("node", ["consumer.cjs"], folder)).toBe(PRINTED);
});

test("every entry point but coffer/testing loads without the optional peer", () => {
  const names = JSON.stringify(ENTRY_POINTS.filter((name) => name !== "coffer/testing"));
  write("all.mjs", `for (const name of ${names}) await import(name);`);
  write("all.cjs", `for (const name of ${names}) require(name);`);
  run("node", ["all.mjs"], folder);
  run("node", ["all.cjs"], folder);
});

/** Wrong programs that the types refuse: a check that cannot fail is a defect. */
const REFUSED = `
export async function refused(): Promise<void> {
  const catalog = defineCatalog({ currencies: { tokens: { name: "AI tokens" } }, features: {} });
  const credits = createCreditEngine({ catalog, store: memoryStore() });
  // @ts-expect-error no such currency
  await credits.balance({ customerId: "acme", currency: "euros" });
}
`;

/** The app's own Stripe object is taken, whichever of the library's two sets of types it is of. */
const STRIPE = `
import Stripe from "stripe";
import { stripeBilling } from "coffer/billing/stripe";
export const billing = stripeBilling({
  stripe: new Stripe("sk_test"),
  successUrl: "https://example.com/",
  cancelUrl: "https://example.com/",
});
`;

/** What TypeScript says of the consumers and of the package's own declarations, those of other packages aside. */
function wrongLines(names: readonly string[], json: Readonly<Record<string, string>>): readonly string[] {
  const { options, errors } = ts.convertCompilerOptionsFromJson(
    {
      target: "es2022",
      lib: ["es2022"],
      types: ["node"],
      strict: true,
      exactOptionalPropertyTypes: true,
      ...json,
    },
    folder,
  );
  if (errors.length > 0)
    throw new Error(`wrong options: ${JSON.stringify(errors.map((error) => error.messageText))}`);
  const program = ts.createProgram(
    names.map((name) => join(folder, name)),
    { ...options, noEmit: true },
  );
  const ours = program
    .getSourceFiles()
    .filter(
      ({ fileName }) => !fileName.includes("/node_modules/") || fileName.includes("/node_modules/coffer/"),
    );
  expect(ours.length).toBeGreaterThan(names.length + ENTRY_POINTS.length);
  return ours.flatMap((source) =>
    [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${source.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    ),
  );
}

/** The types of Node (for \`console\`) and of the optional peers, as a TypeScript user has them. */
function linkDevDependencies(): void {
  mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
  for (const name of ["@types/node", "undici-types", "fast-check", "pure-rand", "stripe"]) {
    rmSync(join(folder, "node_modules", name), { recursive: true, force: true });
    symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  }
}

test.each([
  [["consumer.mts", "consumer.cts"], { module: "node16", moduleResolution: "node16" }],
  [["consumer.ts"], { module: "esnext", moduleResolution: "bundler" }],
])("type-checks in %j under %j", (names, options) => {
  linkDevDependencies();
  const everything = ENTRY_POINTS.map((name, index) => `import * as all${index} from "${name}";`).join("\n");
  const used = ENTRY_POINTS.map((_, index) => `all${index}`).join(", ");
  for (const name of names)
    write(name, `${everything}\n${ESM}\n${STRIPE}\n${REFUSED}\nexport const all = [${used}];`);
  expect(wrongLines(names, options)).toEqual([]);
});
