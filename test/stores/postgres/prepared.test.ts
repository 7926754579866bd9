import { describe, expect, it } from "vitest";
import { PreparedStatements } from "../../../src/stores/postgres/prepared.js";
import type { Statement } from "../../../src/stores/sql/statement.js";

const commit: Statement = { text: "insert", values: ["1"], preparedAs: "commit" };
const other: Statement = { text: "select", values: [] };

/** Notes under which name each statement was run; named ones fail with `code` where there is one. */
function ways(ran: string[], code?: string) {
  return {
    named: ({ name }: { readonly name: string }) => {
      ran.push(name.replace(/[0-9a-f]{24}/, "…"));
      return code === undefined
        ? Promise.resolve([])
        : Promise.reject(Object.assign(new Error(code), { code }));
    },
    unnamed: ({ text }: Statement) => {
      ran.push(text);
      return Promise.resolve([]);
    },
  };
}

describe("a statement that runs again and again", () => {
  it("is prepared under a new name after 10, 100, 1,000 and 10,000 runs, and then no more", async () => {
    const prepared = new PreparedStatements();
    const ran: string[] = [];
    for (let run = 0; run < 200_000; run++) await prepared.run(commit, false, ways(ran));
    const firsts = [...new Set(ran)].map((name) => [name, ran.indexOf(name)]);
    expect(firsts).toEqual([
      ["coffer_commit_…_0", 0],
      ["coffer_commit_…_1", 10],
      ["coffer_commit_…_2", 100],
      ["coffer_commit_…_3", 1_000],
      ["coffer_commit_…_4", 10_000],
    ]);
  });

  it("has no name in a transaction, which an unknown name would end; nor has any other", async () => {
    const prepared = new PreparedStatements();
    const ran: string[] = [];
    await prepared.run(commit, true, ways(ran));
    await prepared.run(other, false, ways(ran));
    expect(ran).toEqual(["insert", "select"]);
  });

  it.each(["26000", "42P05"])(
    "is run again without a name after %s, and no name is used again",
    async (code) => {
      const prepared = new PreparedStatements();
      const ran: string[] = [];
      for (let run = 0; run < 2; run++) await prepared.run(commit, false, ways(ran, code));
      expect(ran).toEqual(["coffer_commit_…_0", "insert", "insert"]);
    },
  );

  it.each(["57014", undefined])("is not run again after another failure (%s)", async (code) => {
    const prepared = new PreparedStatements();
    const ran: string[] = [];
    const failing = { ...ways(ran), named: () => Promise.reject(Object.assign(new Error("late"), { code })) };
    await expect(prepared.run(commit, false, failing)).rejects.toThrow("late");
    await prepared.run(commit, false, ways(ran));
    expect(ran).toEqual(["coffer_commit_…_0"]);
  });

  it("of another text has another name", async () => {
    const prepared = new PreparedStatements();
    const names = new Set<string>();
    const noting = {
      ...ways([]),
      named: ({ name }: { readonly name: string }) => {
        names.add(name);
        return Promise.resolve([]);
      },
    };
    for (const text of ["a", "b", "a"]) await prepared.run({ ...commit, text }, false, noting);
    expect(names.size).toBe(2);
  });
});
