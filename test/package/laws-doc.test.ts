/** docs/writing-a-store.md lists the laws of a store word for word. */
import { LAWS } from "coffer/store";
import { expect, test } from "vitest";
import { readProjectFile } from "./support.js";

/** Lines of a numbered list of the form `1. **Name:** sentence`, as the laws write them. */
function lawsIn(page: string): readonly (readonly [number: string, law: string])[] {
  const lines = [...page.matchAll(/^(\d+)\. +\*\*(.+?):\*\* (.+)$/gm)];
  return lines.map(([, number = "", name = "", sentence = ""]) => [number, `${name}: ${sentence}`]);
}

test("the page has every law, in order, and no other", () => {
  expect(lawsIn(readProjectFile("docs/writing-a-store.md"))).toEqual(Object.entries(LAWS));
});

test("a list of laws is read as it is written", () => {
  expect(lawsIn("Text.\n\n1. **Once:** a `key`.\n2. **Whole:** all.\n3. no law\n")).toEqual([
    ["1", "Once: a `key`."],
    ["2", "Whole: all."],
  ]);
});
