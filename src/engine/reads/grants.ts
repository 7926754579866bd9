import type { Grant } from "../api-results.js";
import type { Page } from "../api-read-results.js";
import { writeDue } from "../due.js";
import { grantFromRow } from "../wallet-rows.js";
import { namesOf, parseRequest } from "../parse.js";
import { presentGrant } from "../present.js";
import { grantsSchema } from "../request-schemas.js";
import type { Services } from "../services.js";
import { DEFAULT_PAGE, openCursor, sealCursor } from "./page.js";
import { listRows } from "./rows.js";

/** Grants of a wallet, oldest first. */
export async function grants(services: Services, request: unknown): Promise<Page<Grant>> {
  const { input } = parseRequest(grantsSchema, request, "grants");
  const handle = services.handle(namesOf(input, input.currency));
  const { status, limit = DEFAULT_PAGE } = input;
  const wanted = status === undefined ? undefined : new Set([status].flat());
  const items: Grant[] = [];
  let after = openCursor("grants", handle.key, input.after);
  const instant = await writeDue(services, handle);
  do {
    const page = await listRows(
      services,
      { where: { wallet: handle.key }, kind: "grants" },
      after,
      limit - items.length,
    );
    for (const row of page.items) {
      const grant = presentGrant(handle, grantFromRow(row, instant));
      if (wanted === undefined || wanted.has(grant.status)) items.push(grant);
    }
    after = page.next;
  } while (after !== null && items.length < limit);
  return { items, next: sealCursor("grants", handle.key, after) };
}
