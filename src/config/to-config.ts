import { dirname, resolve } from "node:path";
import { SILENT_AFTER_MS, type AlertTarget } from "../domain/alert.ts";
import type { Seat } from "../domain/account.ts";
import type { DirectoryId } from "../domain/directory.ts";
import { emailKey } from "../domain/email-key.ts";
import type { Policy } from "../domain/policy.ts";
import type { Config, DirectoryConfig, ProductAccess } from "./config.ts";
import { toDriftPolicy } from "./drift.ts";
import { parseDuration } from "../lib/duration.ts";
import type { Settings } from "./schema.ts";

function toDirectory({ id, name, kind, verifiedDomains }: Settings["directories"][number]): DirectoryConfig {
  return {
    id: id as DirectoryId,
    name: name ?? id,
    kind,
    verifiedDomains: [...new Set(verifiedDomains.map((domain) => domain.toLowerCase()))],
  };
}

function toPolicy({ mode, leavers, limits, drift, protected: { accounts, minOwners } }: Settings): Policy {
  const { action, reason, onFailure, delay, reassignTo, otherwise } = leavers.bookings;
  return {
    mode,
    leavers: {
      action: leavers.action,
      bookings: {
        action,
        reason,
        onFailure,
        reassignTo: reassignTo ?? ["manager", "group"],
        otherwise: otherwise ?? "cancel",
        delayMs: parseDuration(delay) ?? 0,
      },
    },
    limits,
    protected: { accounts: new Set(accounts.map(emailKey)), minOwners },
    drift: toDriftPolicy(drift),
  };
}

function toAlertTarget({ webhook, on, silentAfter }: Settings["alerts"][number]): AlertTarget {
  return { webhook, on: [...new Set(on)], silentAfterMs: parseDuration(silentAfter) ?? SILENT_AFTER_MS };
}

function toAccess<Options>(
  { connector, rateLimit }: Pick<Settings["product"], "connector" | "rateLimit">,
  options: Options,
): ProductAccess<Options> {
  return { connector, options, rateLimit: rateLimit ?? null };
}

/**
 * The configuration that the code works with, from settings that fit the schema and the own options of the connectors.
 * Relative file names are relative to the folder of `file`. Pure.
 */
export function toConfig<Options>(
  settings: Settings,
  parts: { readonly options: Options; readonly bookings: Options | null; readonly file: string },
): Config<Options> {
  const { server, database, product, schedule, mapping, log } = settings;
  const seats = product.seats === undefined ? null : Object.entries(product.seats);
  return {
    file: parts.file,
    server: { host: server.host, port: server.port, publicUrl: server.publicUrl?.replace(/\/+$/, "") ?? null },
    database: { client: database.client, filename: resolve(dirname(parts.file), database.filename) },
    directories: settings.directories.map(toDirectory),
    product: {
      ...toAccess(product, parts.options),
      seats: seats && new Map(seats.map(([seat, size]) => [seat as Seat, size])),
      bookings:
        product.bookings === undefined || parts.bookings === null ? null : toAccess(product.bookings, parts.bookings),
    },
    schedule: { full: schedule.full, timezone: schedule.timezone, debounceMs: parseDuration(schedule.debounce) ?? 0 },
    mapping,
    policy: toPolicy(settings),
    alerts: settings.alerts.map(toAlertTarget),
    log,
  };
}
