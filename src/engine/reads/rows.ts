import type { Page as StorePage, ListQuery, RowOf } from "../../store/queries.js";
import { reading } from "../persevere.js";
import type { Services } from "../services.js";

const ROWS_PER_CALL = 1_000;

type Unpaged<Query> = Query extends unknown ? Omit<Query, "limit" | "after"> : never;
export type UnpagedOf<Kind extends ListQuery["kind"]> = Unpaged<Extract<ListQuery, { kind: Kind }>> & {
  readonly kind: Kind;
};

/** Every row of a listing, page by page: memory does not grow with it. */
export async function* allRows<Kind extends ListQuery["kind"]>(
  services: Services,
  query: UnpagedOf<Kind>,
): AsyncGenerator<StorePage<RowOf[Kind]>["items"][number]> {
  let after: string | null = null;
  do {
    const page: StorePage<RowOf[Kind]> = await listRows(services, query, after, ROWS_PER_CALL);
    yield* page.items;
    after = page.next;
  } while (after !== null);
}

export async function listRows<Kind extends ListQuery["kind"]>(
  services: Services,
  query: UnpagedOf<Kind>,
  after: string | null,
  limit: number,
): Promise<StorePage<RowOf[Kind]>> {
  const paged = { ...query, limit, ...(after === null ? {} : { after }) } as unknown as ListQuery;
  const { access } = services;
  const page = await reading(access, (patience) => access.list(paged, patience));
  return page as StorePage<RowOf[Kind]>;
}
