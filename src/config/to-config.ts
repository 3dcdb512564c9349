import { dirname, resolve } from "node:path";
import { SILENT_AFTER_MS, type AlertTarget } from "../domain/alert.ts";
import type { Seat } from "../domain/account.ts";
import type { DirectoryId } from "../domain/directory.ts";
import { emailKey } from "../domain/email-key.ts";
import type { Policy } from "../domain/policy.ts";
import type { Config, DirectoryConfig, ProductAccess } from "./config.ts";
import { toDriftPolicy } from "./drift.ts";
import { parseDuration } from "../lib/duration.ts";
import { toRetention } from "./retention.ts";
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

function toServer({ host, port, publicUrl, admin }: Settings["server"]): Config<unknown>["server"] {
  return {
    host,
    port,
    publicUrl: publicUrl?.replace(/\/+$/, "") ?? null,
    admin: toAdminAddress(host, publicUrl, admin),
  };
}

/** Unless it was said, it is served beside SCIM where only this machine reaches it, and nowhere else. */
function toAdminAddress(
  host: string,
  publicUrl: string | undefined,
  admin: Settings["server"]["admin"],
): Config<unknown>["server"]["admin"] {
  if (admin === "off") return { at: "off", because: "configured" };
  if (admin === "same-port") return { at: "same-port" };
  if (admin !== undefined) return { at: "own-port", ...admin };
  const isPrivate = isLoopback(host) && (publicUrl === undefined || isLoopback(new URL(publicUrl).hostname));
  return isPrivate ? { at: "same-port" } : { at: "off", because: "public-address" };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || /^\[?::1\]?$/.test(host) || /^127(?:\.\d{1,3}){3}$/.test(host);
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
    server: toServer(server),
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
    retention: { ...toRetention(settings.retention), at: settings.retention.at },
    alerts: settings.alerts.map(toAlertTarget),
    log,
  };
}
