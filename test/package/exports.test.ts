/** The public surface, name by name: a change of it shows as a change of `exports.txt`. */
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";
import { builtFile, ENTRY_POINTS, requireBuild } from "./support.js";

let declared = "";
beforeAll(() => {
  requireBuild();
  declared = surface(".d.ts");
});

const KINDS: readonly (readonly [ts.SymbolFlags, string])[] = [
  [ts.SymbolFlags.Class, "class"],
  [ts.SymbolFlags.Function, "function"],
  [ts.SymbolFlags.Enum, "enum"],
  [ts.SymbolFlags.Variable, "const"],
  [ts.SymbolFlags.Module, "namespace"],
  [ts.SymbolFlags.Interface, "interface"],
  [ts.SymbolFlags.TypeAlias, "type"],
];

function kindOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const kind = KINDS.find(([flag]) => target.flags & flag);
  if (!kind) throw new Error(`${symbol.name} is of an unknown kind (${target.flags}): it may not resolve.`);
  return kind[1];
}

function surface(extension: ".d.ts" | ".d.cts"): string {
  const files = ENTRY_POINTS.map((entryPoint) => builtFile(entryPoint, extension));
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const sections = ENTRY_POINTS.map((entryPoint, index) => {
    const source = program.getSourceFile(files[index] ?? "");
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${entryPoint} has no declarations.`);
    const names = checker
      .getExportsOfModule(module)
      .map((symbol) => `  ${symbol.name}: ${kindOf(symbol, checker)}`);
    return [entryPoint, ...names.sort()].join("\n");
  });
  return `${sections.join("\n\n")}\n`;
}

test("the names of every entry point are those of exports.txt", async () => {
  await expect(declared).toMatchFileSnapshot("exports.txt");
});

test("ESM and CJS declare the same names", () => {
  expect(surface(".d.cts")).toBe(declared);
});

test.each(ENTRY_POINTS)(
  "%s has the same names at run time, in ESM and CJS, as it declares",
  async (entryPoint) => {
    const section = declared.split("\n\n").find((names) => names.split("\n")[0] === entryPoint);
    const values = [...(section ?? "").matchAll(/^ {2}(\w+): (?!interface|type)/gm)].map((match) => match[1]);
    const esm: unknown = await import(builtFile(entryPoint, ".js"));
    const cjs: unknown = await import(builtFile(entryPoint, ".cjs"));
    const helpers = new Set(["default", "module.exports", "__esModule"]);
    const names = (module: unknown): string[] =>
      Object.keys(module as object).filter((name) => !helpers.has(name));
    expect(names(esm).sort()).toEqual(values);
    expect(names(cjs).sort()).toEqual(values);
  },
);
