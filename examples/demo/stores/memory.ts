import { memoryStore } from "coffer/memory";
import type { OpenStore } from "./open.js";

export function openMemory(): OpenStore {
  const store = memoryStore();
  return { store, place: "Kept in memory: all of it is gone now.", close: () => store.close() };
}
