import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../../../..");

/** A folder within the project, so that packages, and `coffer` itself, are found from it as from its sources. */
export interface Scratch {
  readonly write: (file: string, text: string) => string;
  readonly remove: () => void;
}

export function scratch(name: string): Scratch {
  const folder = join(ROOT, `.cache/${name}-${process.pid}`);
  const write = (file: string, text: string): string => {
    const path = join(folder, file);
    writeFileSync(path, text);
    return path;
  };
  mkdirSync(folder, { recursive: true });
  write("tsconfig.json", JSON.stringify({ extends: "../../tsconfig.json", include: ["**/*.ts"] }));
  return { write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
