/** Options of scripts that play for long: one that plays nothing must not end as if all were well. */

export function wholeOption(name: string, text: string, from = 1): number {
  const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= from) return number;
  throw new RangeError(`--${name} takes a whole number of at least ${from}; got ${JSON.stringify(text)}.`);
}

export function nameOption<Name extends string>(name: string, text: string, known: readonly Name[]): Name {
  const found = known.find((each) => each === text);
  if (found !== undefined) return found;
  throw new RangeError(`--${name} takes ${known.join(", ")}; got ${JSON.stringify(text)}.`);
}

/** Names with commas between them, each of them known. */
export function namesOption<Name extends string>(
  name: string,
  text: string,
  known: readonly Name[],
): readonly Name[] {
  return text.split(",").map((each) => nameOption(name, each, known));
}
