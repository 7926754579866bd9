/** Defects, planted in the engine itself, that a simulation must find: in what it does where answers are lost. */
import { Doubts } from "../../src/engine/doubts.js";
import { OwnAccess } from "../../src/engine/own-access.js";
import { transactOn } from "../../src/engine/store-access.js";
import { WalletState } from "../../src/engine/wallet-state.js";
import { forgetting } from "./planted-persevere.js";

/** @returns what takes the defect out again. */
type Plant = () => () => void;

/** Puts another method in one's place. */
function instead<Of extends object, Name extends keyof Of>(
  of: Of,
  name: Name,
  make: (own: Of[Name]) => Of[Name],
): Plant {
  return () => {
    const own = of[name];
    of[name] = make(own);
    return () => {
      of[name] = own;
    };
  };
}

const doubtClearedEarly = instead(
  Doubts.prototype,
  "see",
  (see) =>
    function (this: Doubts, key, version) {
      see.call(this, key, version + 1);
    },
);

/** Of a transact whose answer was lost nothing is kept. */
const transactWithoutDoubt = instead(
  OwnAccess.prototype,
  "transact",
  () =>
    function (this: OwnAccess, reads, decide, patience) {
      return transactOn(this.store, reads, decide, { timeoutMs: patience.leftMs() });
    },
);

const denialWithoutFence = instead(OwnAccess.prototype, "isInDoubt", () => () => false);

const ownAnswerAsRepeat = instead(WalletState.prototype, "claim", () => () => false);

const repeatAsOwnAnswer = instead(
  WalletState.prototype,
  "claim",
  () =>
    function (this: WalletState, key) {
      return this.receipts.has(key);
    },
);

/** A transfer decides as if none of its answers had ever been lost. */
const transferWithoutDoubt: Plant = () => {
  const own = { transact: OwnAccess.prototype.transact, isInDoubt: OwnAccess.prototype.isInDoubt };
  let isTransfer = false;
  OwnAccess.prototype.transact = function (this: OwnAccess, reads, decide, patience) {
    if (reads.length !== 2) return own.transact.call(this, reads, decide, patience);
    const careless: typeof decide = (snapshots) => {
      isTransfer = true;
      try {
        return decide(snapshots);
      } finally {
        isTransfer = false;
      }
    };
    return transactOn(this.store, reads, careless, { timeoutMs: patience.leftMs() });
  };
  OwnAccess.prototype.isInDoubt = function (this: OwnAccess, key, version) {
    return !isTransfer && own.isInDoubt.call(this, key, version);
  };
  return () => Object.assign(OwnAccess.prototype, own);
};

const unknownAsFailed: Plant = () => {
  forgetting.isPlanted = true;
  return () => {
    forgetting.isPlanted = false;
  };
};

export const ENGINE_DEFECTS: readonly (readonly [name: string, plant: Plant])[] = [
  ["a doubt is cleared one version too early", doubtClearedEarly],
  ["a transact whose answer was lost raises no doubt", transactWithoutDoubt],
  ["a denial keeps nothing out", denialWithoutFence],
  ["an own answer that was lost is told as a repeat", ownAnswerAsRepeat],
  ["a transfer takes no care of its doubts", transferWithoutDoubt],
  ["an unknown outcome is told as the failure after it", unknownAsFailed],
  ["a repeat is told as done for the first time", repeatAsOwnAnswer],
];
