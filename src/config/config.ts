import type { AlertTarget } from "../domain/alert.ts";
import type { Seat } from "../domain/account.ts";
import type { DirectoryId } from "../domain/directory.ts";
import type { Policy } from "../domain/policy.ts";
import type { RetentionPolicy } from "../domain/retention.ts";
import type { MappingDocument } from "../mapping/rules.ts";

/** Whose habits a directory has; `generic` for any other SCIM 2.0 client. */
export type DirectoryKind = "okta" | "entra" | "google" | "jumpcloud" | "onelogin" | "ping" | "generic";

/** Where the admin API is served. `off`: nowhere, because it was said, or because the server has a public address. */
export type AdminAddress =
  | { readonly at: "same-port" }
  | { readonly at: "own-port"; readonly host: string; readonly port: number }
  | { readonly at: "off"; readonly because: "configured" | "public-address" };

/** One IdP connection. */
export interface DirectoryConfig {
  readonly id: DirectoryId;
  /** For people to read. */
  readonly name: string;
  readonly kind: DirectoryKind;
  /** Lower case, at least one; `*` allows any. */
  readonly verifiedDomains: readonly string[];
}

/** How one product is reached. */
export interface ProductAccess<Options> {
  /** Name of the connector, such as `sandbox`. */
  readonly connector: string;
  readonly options: Options;
  /** Requests per minute that the product allows, and the share of them (0 to 0.9) left to others; null: not configured. */
  readonly rateLimit: { readonly perMinute: number; readonly reserve: number } | null;
}

/** The configuration as the code uses it: checked, complete, frozen. `Options` are those of the product's connector. */
export interface Config<Options> {
  /** Absolute path of the file that it was read from; relative names in it start from that file's folder. */
  readonly file: string;
  readonly server: {
    readonly host: string;
    /** 0: any free one. */
    readonly port: number;
    /** Without a slash at its end; null: not configured, take `publicUrlFor` once the port is known. */
    readonly publicUrl: string | null;
    readonly admin: AdminAddress;
  };
  readonly database: {
    readonly client: "sqlite3";
    /** Absolute. */
    readonly filename: string;
  };
  /** At least one, ids unique; an e-mail that two claim belongs to the one listed first. */
  readonly directories: readonly DirectoryConfig[];
  readonly product: ProductAccess<Options> & {
    /** Sizes of the seat pools for a product that does not say; null: not configured. */
    readonly seats: ReadonlyMap<Seat, number> | null;
    /** Where guests book, when that is another product; null: not configured. */
    readonly bookings: ProductAccess<Options> | null;
  };
  readonly schedule: {
    /** Cron expression of full runs, in `timezone`. */
    readonly full: string;
    /** IANA name. */
    readonly timezone: string;
    readonly debounceMs: number;
  };
  readonly mapping: { readonly source: "store" | "file"; readonly initial: MappingDocument };
  readonly policy: Policy;
  readonly retention: RetentionPolicy & {
    /** Cron expression of when what is over its time is deleted, in the time zone of `schedule`. */
    readonly at: string;
  };
  /** Who is told what; no webhook twice. */
  readonly alerts: readonly AlertTarget[];
  readonly log: { readonly level: "debug" | "info" | "warn" | "error" };
}

/** The address of a server that listens on `host` and `port`, for callers on the same machine where `host` means any. */
export function publicUrlFor(host: string, port: number): string {
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}
