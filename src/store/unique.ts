import type { DirectoryId } from "../domain/directory.ts";

/** A value that one live user of a directory may have; a userName is folded. */
export interface Unique {
  readonly kind: "userName" | "externalId";
  readonly directory: DirectoryId;
  readonly value: string;
}

/** A unique value as the key of a map. */
export function keyText({ kind, directory, value }: Unique): string {
  return JSON.stringify([kind, directory, value]);
}
