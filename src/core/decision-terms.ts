import type { CompiledCatalog, Currency } from "../catalog/catalog.js";
import type { RateBook } from "./rate-book.js";

/** What a decision is told and may not find out for itself. */
export interface DecisionTerms {
  readonly catalog: CompiledCatalog;
  readonly currency: Currency;
  /** Makes a local id; rises from call to call. */
  readonly newId: (instant: number) => string;
  /** The local id of what time alone makes, by its cause: all who make it call it the same. Rises with the instant. */
  readonly causedId: (instant: number, cause: string) => string;
  /** Payments of debts that one operation makes at most. */
  readonly mostPayments: number;
  /** Grants that one reservation pins at most, so that what frees them can be written at once. */
  readonly mostPins: number;
  /** Names the rate that the catalog has for a feature. */
  readonly rateVersionOf: (featureId: string, planId: string | null) => string;
  /** What was published beside the catalog, as far as this process knows by now. */
  readonly rates: RateBook;
  /** The id by which callers know a grant, reservation or withdrawal of this wallet. */
  readonly publicId: (kind: "gr" | "rs" | "wd" | "sc" | "tu", localId: string) => string;
}
