import type { Page } from "coffer";

/** All items of a listing, with the sizes of its pages. */
export async function pages<Item>(
  read: (after: string | undefined) => Promise<Page<Item>>,
): Promise<{ readonly items: readonly Item[]; readonly sizes: readonly number[] }> {
  const items: Item[] = [];
  const sizes: number[] = [];
  let after: string | undefined;
  do {
    const page = await read(after);
    items.push(...page.items);
    sizes.push(page.items.length);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return { items, sizes };
}
