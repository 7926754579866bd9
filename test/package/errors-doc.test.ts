/** docs/errors.md describes every code of a CreditError, no other, and says rightly whether it is retryable. */
import ts from "typescript";
import { CreditError, type CreditErrorCode } from "coffer";
import { expect, test } from "vitest";
import { readProjectFile } from "./support.js";

/** The members of the union `CreditErrorCode`, as the source lists them. */
function codesOf(source: string): readonly string[] {
  const file = ts.createSourceFile("errors.ts", source, ts.ScriptTarget.ES2022);
  const alias = file.statements.find(
    (statement) => ts.isTypeAliasDeclaration(statement) && statement.name.text === "CreditErrorCode",
  );
  if (alias === undefined || !ts.isTypeAliasDeclaration(alias) || !ts.isUnionTypeNode(alias.type))
    throw new Error("There is no union type CreditErrorCode.");
  return alias.type.types.map((member) => {
    if (ts.isLiteralTypeNode(member) && ts.isStringLiteral(member.literal)) return member.literal.text;
    throw new Error("A member of CreditErrorCode is not a string.");
  });
}

const PARTS = ["Cause", "Cure", "Retryable", "Details"] as const;

/** The section of each code: its heading `### \`code\`` and the text of each part below it. */
function sectionsOf(page: string): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const sections = page.split(/^(?=##+ )/m).flatMap((section) => {
    const code = /^### `(.+)`$/m.exec(section)?.[1];
    const parts = [...section.matchAll(/^- \*\*(\w+)\*\*: (.*?)(?=^- |^$|(?![^]))/gms)];
    return code === undefined
      ? []
      : [
          [
            code,
            Object.fromEntries(parts.map(([, name, text]) => [name ?? "", text?.trim() ?? ""])),
          ] as const,
        ];
  });
  return new Map(sections);
}

const codes = codesOf(readProjectFile("src/core/errors.ts"));
const sections = sectionsOf(readProjectFile("docs/errors.md"));

test("the page has a section for each code, and for no other", () => {
  expect([...sections.keys()].sort()).toEqual([...codes].sort());
});

test.each(codes)("%s has its cause, its cure, its details, and the right answer to a retry", (code) => {
  const section = sections.get(code) ?? {};
  expect(Object.keys(section)).toEqual(PARTS);
  expect(Object.values(section)).not.toContain("");
  const { retryable } = new CreditError(code as CreditErrorCode, "");
  expect(section["Retryable"]).toBe(retryable ? "yes." : "no.");
});

test("a missing, an unknown and an incomplete section are seen", () => {
  const page =
    "# Errors\n\n### `made_up`\n\n- **Cause**: none\n  at all.\n- **Cure**: –\n\n## More\n\n- **Details**: x\n";
  expect([...sectionsOf(page)]).toEqual([["made_up", { Cause: "none\n  at all.", Cure: "–" }]]);
  expect(codesOf(`export type CreditErrorCode = "a" | "b";`)).toEqual(["a", "b"]);
});
