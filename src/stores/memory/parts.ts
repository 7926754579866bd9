import type { EventRow, WalletHead, WalletKey } from "../../store/rows.js";
import { BytePool } from "../../store/intake/byte-pool.js";
import type { Stored } from "../../store/intake/byte-pool.js";
import { byId } from "./order.js";
import { SortedList } from "./sorted-list.js";
import { newWallet } from "./wallet.js";
import type { Wallet } from "./wallet.js";

export interface PlacedEvent {
  readonly position: number;
  readonly wallet: Wallet;
  readonly event: EventRow;
}

interface Due {
  readonly at: number;
  readonly wallet: Wallet;
}

/** The wallets of one part, with what is ordered over all of them. */
export interface Part {
  readonly wallets: Map<string, Wallet>;
  readonly inOrder: SortedList<Wallet>;
  readonly ofCustomer: Map<string, SortedList<Wallet>>;
  readonly due: SortedList<Due>;
  readonly events: SortedList<PlacedEvent>;
  /** The greatest position that an event ever had. */
  lastPosition: number;
}

/** All wallets, by part and id. */
export class Parts {
  readonly pool = new BytePool();
  readonly #parts: (Part | undefined)[] = Array.from({ length: 256 });

  find(key: WalletKey): Wallet | undefined {
    return this.#parts[key.part]?.wallets.get(key.id);
  }

  get(part: number): Part | undefined {
    return this.#parts[part];
  }

  /** The part, made when it is not there yet. */
  open(part: number): Part {
    return (this.#parts[part] ??= newPart());
  }
}

/** Adds a wallet with its first head. */
export function bearWallet(part: Part, key: WalletKey, head: Stored<WalletHead>): Wallet {
  const wallet = newWallet({ part: key.part, id: key.id }, head);
  part.wallets.set(key.id, wallet);
  part.inOrder.add(wallet);
  enterCustomer(part, wallet);
  enterDue(part, wallet);
  return wallet;
}

/** Replaces the head, and what is indexed by it. */
export function putHead(part: Part, wallet: Wallet, head: Stored<WalletHead>): void {
  const before = wallet.head;
  if (before.dueAt !== head.dueAt) leaveDue(part, wallet);
  if (before.customerId !== head.customerId) part.ofCustomer.get(before.customerId)?.delete(wallet);
  wallet.head = head;
  if (before.dueAt !== head.dueAt) enterDue(part, wallet);
  if (before.customerId !== head.customerId) enterCustomer(part, wallet);
}

/** Gives an event the next position of its part. */
export function placeEvent(part: Part, wallet: Wallet, event: EventRow): void {
  part.lastPosition += 1;
  part.events.add({ position: part.lastPosition, wallet, event });
  wallet.lastEventNo = event.eventNo;
}

function newPart(): Part {
  return {
    wallets: new Map(),
    inOrder: new SortedList(byWalletId),
    ofCustomer: new Map(),
    due: new SortedList((a, b) => a.at - b.at || byWalletId(a.wallet, b.wallet)),
    events: new SortedList((a, b) => a.position - b.position),
    lastPosition: 0,
  };
}

function enterCustomer(part: Part, wallet: Wallet): void {
  const { customerId } = wallet.head;
  let wallets = part.ofCustomer.get(customerId);
  if (wallets === undefined) part.ofCustomer.set(customerId, (wallets = new SortedList(byWalletId)));
  wallets.add(wallet);
}

function enterDue(part: Part, wallet: Wallet): void {
  if (wallet.head.dueAt !== null) part.due.add({ at: wallet.head.dueAt, wallet });
}

function leaveDue(part: Part, wallet: Wallet): void {
  if (wallet.head.dueAt !== null) part.due.delete({ at: wallet.head.dueAt, wallet });
}

function byWalletId(a: Wallet, b: Wallet): number {
  return byId(a.key, b.key);
}
