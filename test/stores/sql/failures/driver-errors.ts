/** An error as a driver makes it: a message, and fields of its own. */
export function driverError(message: string, fields: Readonly<Record<string, unknown>> = {}): Error {
  return Object.assign(new Error(message), fields);
}
