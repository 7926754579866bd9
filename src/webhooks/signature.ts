import { timingSafeEqual } from "node:crypto";
import { Webhook } from "standardwebhooks";

/** The library has a signature begin with its version. */
const SEPARATOR = " ";

export interface Signed {
  readonly id: string;
  /** UTC milliseconds; what is signed is the second. */
  readonly at: number;
  readonly payload: string;
}

const FEWEST_BYTES = 24;
const MOST_BYTES = 64;
const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

export function isSecret(value: unknown): value is string {
  const [, base64] = typeof value === "string" ? (SECRET.exec(value) ?? []) : [];
  if (base64 === undefined || base64.length % 4 !== 0) return false;
  const bytes = Buffer.from(base64, "base64");
  // What does not come back alike has bits that no decoder keeps: a typing error.
  return bytes.toString("base64") === base64 && bytes.length >= FEWEST_BYTES && bytes.length <= MOST_BYTES;
}

/** One signature by each secret, as the header has them. */
export function signaturesOf(secrets: readonly string[], { id, at, payload }: Signed): string {
  return secrets.map((secret) => new Webhook(secret).sign(id, new Date(at), payload)).join(SEPARATOR);
}

/** Is one of the header's signatures by one of the secrets? Says nothing by the time that it takes. */
export function isSignedBy(secrets: readonly string[], signed: Signed, header: string): boolean {
  const expected = signaturesOf(secrets, signed).split(SEPARATOR);
  return header.split(SEPARATOR).some((given) => expected.some((one) => isSame(given, one)));
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
