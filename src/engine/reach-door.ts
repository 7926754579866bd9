import { reading, show } from "../catalog/parse-input.js";
import { invalidInput } from "../core/errors.js";
import { type EngineDoor, doorTo } from "./door.js";

/** The door of an engine that was passed to a function. @throws CreditError `invalid_input` for what is none. */
export function doorOf(credits: unknown, verb: string): EngineDoor {
  return reading(verb, () => {
    const door: Partial<EngineDoor> | undefined = doorTo(credits);
    // A proxy has whatever it is asked for.
    if (typeof door?.parts === "number" && typeof door.books?.writeDue === "function")
      return door as EngineDoor;
    throw invalidInput(
      `${verb}: the first argument must be an engine as createCreditEngine made it; got ${show(credits)}.`,
      { field: "credits" },
    );
  });
}
