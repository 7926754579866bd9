import type { CreditErrorCode } from "coffer";
import { refusal } from "../support.js";
import { type Stage, type Verb, call } from "./verbs.js";

/** What is wrong with how a bad request was met; undefined: it was refused as it should be, and nothing changed. */
export async function complaint(
  { credits, store }: Stage,
  verb: Verb,
  request: unknown,
  code: CreditErrorCode,
  ...says: readonly (string | RegExp)[]
): Promise<string | undefined> {
  const before = store.dump();
  const error = await refusal(call(credits, verb, request)).catch((defect: unknown) => defect as Error);
  if (store.dump() !== before) return `${verb} changed the store: ${error.message}`;
  if (!("code" in error)) return `${verb}: ${error.message}`;
  if (error.code !== code) return `${verb} is ${error.code}, not ${code}: ${error.message}`;
  const unsaid = says.filter((word) =>
    typeof word === "string" ? !error.message.includes(word) : !word.test(error.message),
  );
  if (unsaid.length > 0) return `${verb} does not say ${unsaid.join(" and ")}: ${error.message}`;
  return undefined;
}
