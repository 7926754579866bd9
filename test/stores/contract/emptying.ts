/** Statements that remove all rows but those that `migrate` wrote: quicker than to make the tables anew. */
export function emptying(
  tables: readonly { readonly name: string; readonly quoted: string }[],
): readonly string[] {
  return tables.flatMap(({ name, quoted }) => {
    if (name.endsWith("migration")) return [];
    return name.endsWith("part")
      ? [`UPDATE ${quoted} SET position = 0 WHERE position > 0`]
      : [`DELETE FROM ${quoted}`];
  });
}
