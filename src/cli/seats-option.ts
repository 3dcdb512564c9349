import { UsageError } from "../domain/errors.ts";

/** `--seats standard=50`, which may be repeated: sizes of seat pools by name. Throws UsageError. */
export function addSeats(text: string, seats: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const match = /^([\w+-]{1,64})=(\d{1,6})$/.exec(text);
  if (match?.[1] === undefined) throw new UsageError(`--seats ${text}: write it as standard=50.`);
  return { ...seats, [match[1]]: Number(match[2]) };
}
