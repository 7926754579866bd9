/** Parts that are begun before their turn: a store far away answers several questions at once. */
const AHEAD = 4;

/** What each part gives, part after part; the next ones are begun meanwhile, and wait with their first item. */
export async function* inOrder<Item>(
  parts: number,
  open: (part: number) => AsyncGenerator<Item>,
): AsyncGenerator<Item> {
  const begun: { readonly items: AsyncGenerator<Item>; readonly first: Promise<IteratorResult<Item>> }[] = [];
  let next = 0;
  const begin = () => {
    for (; next < parts && begun.length < AHEAD; next++) {
      const items = open(next);
      const first = items.next();
      // Whoever gets there is told.
      first.catch(() => undefined);
      begun.push({ items, first });
    }
  };
  try {
    for (begin(); begun[0] !== undefined; begun.shift(), begin()) {
      const { items, first } = begun[0];
      for (let step = await first; step.done !== true; step = await items.next()) yield step.value;
    }
  } finally {
    await Promise.allSettled(begun.map(({ items }) => items.return(undefined)));
  }
}
