import type { Draft } from "../draft.js";
import { CreditError } from "../errors.js";
import type { Grant } from "../grant.js";

export function findGrant(draft: Draft, id: string): Grant {
  const grant = draft.grant(id);
  if (grant !== undefined) return grant;
  const grantId = draft.terms.publicId("gr", id);
  throw new CreditError(
    "grant_not_found",
    `There is no grant "${grantId}" in this wallet. Pass the \`id\` that grant returned.`,
    { grantId },
  );
}

/** A grant that neither expired nor was voided. */
export function findUnendedGrant(draft: Draft, id: string): Grant {
  const grant = findGrant(draft, id);
  const grantId = draft.terms.publicId("gr", id);
  if (grant.phase === "pending")
    throw new CreditError(
      "grant_closed",
      `Grant "${grantId}" waits for its payment, and holds nothing yet.`,
      { grantId, status: "pending" },
    );
  if (grant.phase !== "expired" && grant.phase !== "voided") return grant;
  throw new CreditError(
    "grant_closed",
    `Grant "${grantId}" has ${grant.phase === "voided" ? "been voided" : "expired"}, which cannot be undone; make a new grant.`,
    { grantId, status: grant.phase },
  );
}
