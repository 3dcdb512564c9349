import type { JsonObject } from "../../domain/json.ts";
import type { DirectoryPart } from "./directory-part.ts";
import type { InitOptions } from "./options.ts";
import type { ProductPart } from "./product-part.ts";
import { TRAITS, type ProductName } from "./products.ts";

/** Everything that was answered. */
export interface Answers {
  readonly name: ProductName;
  readonly part: ProductPart;
  readonly directory: DirectoryPart;
  /** The seat of whom the mapping says nothing else; null: the usual one. */
  readonly seat: string | null;
  readonly protect: readonly string[];
}

/** The configuration, in the order in which the example has it. Pure. */
export function compose(
  { name, part, directory, seat, protect }: Answers,
  { mode, port, publicUrl, seats, deleteLeavers }: InitOptions,
  schema: string,
): JsonObject {
  const { perMinute, places, keepsBookings } = TRAITS[name];
  const known = seats ?? (places === undefined ? undefined : { standard: places });
  return {
    $schema: schema,
    server: { host: "127.0.0.1", port, ...(publicUrl === undefined ? {} : { publicUrl }) },
    database: { client: "sqlite3", filename: "./data/rosterbridge.db" },
    directories: [{ ...directory }],
    product: {
      ...part.product,
      ...(known === undefined ? {} : { seats: known }),
      ...(perMinute === undefined ? {} : { rateLimit: { perMinute } }),
    },
    mode,
    ...(seat === null ? {} : { mapping: { initial: { seats: { default: seat } } } }),
    ...leavers(keepsBookings === true, deleteLeavers === true),
    ...(protect.length === 0 ? {} : { protected: { accounts: protect } }),
  };
}

function leavers(keepsBookings: boolean, areDeleted: boolean): JsonObject {
  if (!keepsBookings && !areDeleted) return {};
  return {
    leavers: {
      ...(areDeleted ? { action: "delete" } : {}),
      ...(keepsBookings ? { bookings: { action: "keep" } } : {}),
    },
  };
}
