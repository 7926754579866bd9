import { publicId } from "../../engine/ids.js";
import type { Change } from "../../store/contract.js";
import {
  type ModelRequests,
  type ModelWalletKey,
  type ReferenceModel,
  createReferenceModel,
} from "../model/index.js";
import { SIMULATED_TERMS } from "./catalog.js";
import type { Landed } from "./landed.js";
import type { Denial, Operation } from "./operation.js";
import { Names } from "./names.js";

export interface ReplayInput {
  readonly landed: Landed;
  readonly operations: readonly Operation[];
  readonly problem: (what: string) => void;
}

export interface Replayed {
  mutations: number;
  denials: number;
}

const ID_FIELDS = ["grantId", "withdrawalId", "reservationId"] as const;

/**
 * Repeats on the reference model what was done, in the order in which the store took it, and compares every answer.
 *
 * Changes land one by one, so that order is total, over all wallets too; within a change the receipts' numbers order it.
 * A receipt bears the instant at which it was decided, which is all that a decision knows besides its wallet's state.
 * A denial left nothing in that order: it must be one at some state that stood while it was on its way.
 */
export class Replay {
  readonly counts: Replayed = { mutations: 0, denials: 0 };
  readonly model: ReferenceModel = createReferenceModel(SIMULATED_TERMS);
  readonly names: Names;
  private readonly byPlace = new Map<string, Operation>();
  private readonly denied = new Map<string, { readonly operation: Operation; readonly denial: Denial }[]>();
  private readonly wallets = new Map<string, ModelWalletKey>();

  constructor(private readonly input: ReplayInput) {
    this.names = new Names();
    for (const operation of input.operations) {
      this.byPlace.set(`${operation.place.id} ${operation.key}`, operation);
      for (const denial of operation.denials) {
        const own = this.denied.get(operation.place.id) ?? [];
        this.denied.set(operation.place.id, own);
        own.push({ operation, denial });
      }
      this.wallets.set(operation.place.id, operation.wallet);
    }
  }

  run(): void {
    for (const id of this.denied.keys()) this.judgeDenials(id, 0);
    const { changes } = this.input.landed;
    for (let index = 0; index < changes.length; index++) {
      const [change, next] = changes.slice(index, index + 2);
      if (change === undefined) break;
      this.advance(change);
      // The two changes of a transfer land together, in either order.
      const other = next !== undefined && isOneTransfer(change, next) ? next : undefined;
      if (other !== undefined) {
        index++;
        this.advance(other);
        this.repeatTransfer(change, other);
        this.judgeDenials(other.key.id, other.head.version);
      } else this.repeatAll(change);
      this.judgeDenials(change.key.id, change.head.version);
    }
  }

  /** What a change without receipts did, time alone did. */
  private advance({ key, receipts, head }: Change): void {
    const wallet = this.wallets.get(key.id);
    if (wallet !== undefined) this.model.advance(receipts[0]?.recordedAt ?? head.clock, wallet);
  }

  private repeatAll(change: Change): void {
    for (const { key, recordedAt } of change.receipts) this.repeat(change.key.id, key, recordedAt);
  }

  /** Each wallet is at its own instant by now. */
  private repeatTransfer(one: Change, other: Change): void {
    for (const { key, receipts } of [one, other])
      for (const receipt of receipts)
        if (receipt.kind === "transferOut")
          this.repeat(key.id, receipt.key, Math.min(one.head.clock, other.head.clock));
  }

  private repeat(place: string, key: string, recordedAt: number): void {
    const operation = this.byPlace.get(`${place} ${key}`);
    if (operation === undefined) {
      this.input.problem(`the books hold ${key}, which nobody asked for`);
      return;
    }
    this.counts.mutations++;
    const outcome = this.model.apply(recordedAt, operation.verb, this.toModel(operation));
    const { verb, value } = operation;
    const where = `replay of ${verb} ${key}`;
    if (!outcome.ok)
      this.input.problem(
        `${where}: it was done, the model denies it as ${outcome.code}. ${JSON.stringify(operation.request)}`,
      );
    else if (value !== undefined)
      for (const what of this.names.differences(where, outcome.value, value)) this.input.problem(what);
  }

  private toModel({ request }: Operation): ModelRequests[Operation["verb"]] {
    const renamed: Record<string, unknown> = { ...request };
    for (const field of ID_FIELDS) {
      const id = request[field];
      if (typeof id === "string") renamed[field] = this.names.toModel(id);
    }
    return renamed as unknown as ModelRequests[Operation["verb"]];
  }

  /** Those that stood while the wallet was at that version must be denials of the model then, or at another of theirs. */
  private judgeDenials(place: string, version: number): void {
    const open = this.denied.get(place);
    if (open === undefined) return;
    const left = open.filter(({ operation, denial }) => {
      if (version < denial.from) return true;
      if (this.isDenial(operation, denial)) {
        this.counts.denials++;
        return false;
      }
      // What was sent need not have landed.
      if (version < Math.min(denial.to, this.input.landed.version(operation.place))) return true;
      this.input.problem(
        `${operation.verb} ${operation.key}: denied as ${denial.code}, which it was at none of the versions ${denial.from} to ${denial.to}. Request: ${JSON.stringify(operation.request)}`,
      );
      return false;
    });
    this.denied.set(place, left);
  }

  private isDenial(operation: Operation, { code, readings }: Denial): boolean {
    const request = this.toModel(operation);
    return readings.some((reading) => {
      const outcome = this.model.fork().apply(reading, operation.verb, request);
      return !outcome.ok && outcome.code === code;
    });
  }
}

const TRANSFER_KINDS: readonly string[] = ["transferOut", "transferIn"];

function isOneTransfer(one: Change, other: Change): boolean {
  const [mine, theirs] = [one.receipts[0], other.receipts[0]];
  if (mine === undefined || theirs === undefined || mine.kind === theirs.kind) return false;
  const areBoth = TRANSFER_KINDS.includes(mine.kind) && TRANSFER_KINDS.includes(theirs.kind);
  const [out, into, giver] =
    mine.kind === "transferOut" ? [mine, theirs, one.key] : [theirs, mine, other.key];
  return areBoth && into.key.endsWith(publicId("op", giver, out.operationId));
}
