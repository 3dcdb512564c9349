import { z } from "zod";
import type { Mode } from "../domain/policy.ts";
import { mappingSchema } from "../mapping/rules.ts";
import { choiceField, durationField, timeZoneField, webAddressField } from "./fields.ts";
import { alertsField } from "./alerts.ts";
import { driftField } from "./drift.ts";
import { limitsField } from "./limits.ts";
import { productField, type ConnectorSchema } from "./product.ts";
import { retentionField } from "./retention.ts";

const DIRECTORY_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
const DOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/i;
const LONGEST_GRACE_MS = 30 * 24 * 60 * 60 * 1000;
const GUEST_REASON = "Your host is no longer available. Please book again with one of the host's colleagues.";

function serverField() {
  return z
    .strictObject({
      host: z.string().min(1).default("127.0.0.1").describe("Address to listen on; 0.0.0.0 in a container."),
      port: z.int().min(0).max(65_535).default(8080).describe("Port to listen on; 0: any free one."),
      publicUrl: webAddressField()
        .exactOptional()
        .describe("How identity providers reach this server; default: from host and port."),
      admin: z
        .union(
          [
            z.enum(["same-port", "off"]),
            z.strictObject({
              host: z.string().min(1).default("127.0.0.1"),
              port: z.int().min(0).max(65_535).default(8081),
            }),
          ],
          { error: 'must be "same-port", "off", or {"host": "127.0.0.1", "port": 8081}' },
        )
        .exactOptional()
        .describe(
          "Where the admin API is served; default: on the same port if only this machine reaches the server, else off.",
        ),
    })
    .prefault({});
}

function databaseField() {
  return z
    .strictObject({
      client: choiceField(["sqlite3"], ["pg"]).default("sqlite3"),
      filename: z
        .string()
        .min(1)
        .refine((name) => !/^(?::memory:|file:)/.test(name), "must be a file: what is staged has to survive a restart")
        .default("./data/rosterbridge.db")
        .describe("Relative to the folder of this configuration."),
    })
    .prefault({});
}

/** What may be done to the product, from nothing to everything. */
export const MODES = ["observe", "create-only", "no-removals", "full"] as const satisfies readonly Mode[];

/** One entry of `directories`. */
export function directoryField() {
  return z.strictObject({
    id: z
      .string()
      .regex(DIRECTORY_ID, "must be 1 to 63 lower-case letters, digits and hyphens, and not begin with a hyphen")
      .describe("Names this connection in tokens, plans and logs. Never change it."),
    name: z.string().min(1).max(200).exactOptional().describe("For people to read; default: the id."),
    kind: z.enum(["okta", "entra", "google", "jumpcloud", "onelogin", "ping", "generic"]).default("generic"),
    verifiedDomains: z
      .array(
        z
          .string()
          .refine(
            (domain) => domain === "*" || DOMAIN.test(domain),
            'must be a domain such as "acme.example", or "*" for any',
          ),
      )
      .min(1)
      .describe("User names and e-mails must be on one of these."),
  });
}

function idOf(directory: unknown): unknown {
  return typeof directory === "object" && directory !== null && "id" in directory ? directory.id : undefined;
}

function directoriesField() {
  return z
    .array(directoryField())
    .min(1)
    .superRefine(
      (directories, context) => {
        const ids: readonly unknown[] = directories.map(idOf);
        for (const [index, id] of ids.entries()) {
          const first = ids.indexOf(id);
          if (typeof id !== "string" || first === index) continue;
          context.addIssue({
            code: "custom",
            path: [index, "id"],
            message: `is the id of directories[${first}] already`,
          });
        }
      },
      { when: ({ value }) => Array.isArray(value) }, // also when something else is wrong with the list
    )
    .describe("Identity providers; an e-mail that two of them claim belongs to the one listed first.");
}

function scheduleField(isCron: (text: string) => boolean) {
  return z
    .strictObject({
      full: z
        .string()
        .refine(isCron, 'must be a cron expression such as "*/15 * * * *"')
        .default("*/15 * * * *")
        .describe("When everybody is reconciled, as a cron expression."),
      timezone: timeZoneField().default("UTC").describe("Time zone of the cron expression."),
      debounce: durationField(0, 60_000)
        .default("500ms")
        .describe("How long a push waits for more before it is acted on."),
    })
    .prefault({});
}

function mappingField() {
  return z
    .strictObject({
      source: z
        .enum(["store", "file"])
        .default("store")
        .describe("store: edited by API and CLI, seeded from initial. file: initial rules, edits are refused."),
      initial: mappingSchema.prefault({}).describe("Which person should have what."),
    })
    .prefault({});
}

function leaversField() {
  const bookings = z
    .strictObject({
      action: z
        .enum(["cancel", "reassign", "keep"])
        .default("cancel")
        .describe("What becomes of a leaver's upcoming bookings."),
      reassignTo: z
        .array(z.enum(["manager", "group"]))
        .min(1)
        .refine((whom) => new Set(whom).size === whom.length, "must name each only once")
        .exactOptional()
        .describe(
          'For reassign: who takes over, the first who can; default: ["manager", "group"], the manager in the directory, then a member of one of the leaver\'s groups.',
        ),
      otherwise: z
        .enum(["cancel", "keep"])
        .exactOptional()
        .describe("For reassign: what becomes of bookings that nobody can take over; default: cancel."),
      reason: z
        .string()
        .trim()
        .min(1)
        .max(1_000)
        .default(GUEST_REASON)
        .describe("What guests of a cancelled booking are told."),
      delay: durationField(0, LONGEST_GRACE_MS)
        .default("0s")
        .describe("Grace before the first step that cannot be undone; a return in that time cancels nothing."),
      onFailure: z
        .enum(["deactivate", "hold"])
        .default("deactivate")
        .describe("When cancelling or handing over fails: shut the account all the same, or wait."),
    })
    .superRefine((bookings, context) => {
      for (const key of ["reassignTo", "otherwise"] as const) {
        if (bookings.action === "reassign" || bookings[key] === undefined) continue;
        const message = 'is for "action": "reassign" only: remove it, or set the action';
        context.addIssue({ code: "custom", path: [key], message });
      }
    });
  return z
    .strictObject({ action: z.enum(["deactivate", "delete"]).default("deactivate"), bookings: bookings.prefault({}) })
    .prefault({});
}

function protectedField() {
  return z
    .strictObject({
      accounts: z
        .array(z.email("must be an e-mail address"))
        .default([])
        .describe("Never deactivated, demoted or deleted."),
      minOwners: z.int().min(0).max(100).default(1).describe("At least as many active owners stay."),
    })
    .prefault({});
}

/**
 * The shape of `sync.config.json` with defaults, for these connectors: unknown keys are refused everywhere. Its output
 * has the shape of its input (no transforms), so that it can be printed and described as JSON Schema; `toConfig` makes
 * the values that the code works with. `isCron` decides what a cron expression is: the scheduler's own check.
 */
export function createConfigSchema(products: readonly ConnectorSchema[], isCron: (text: string) => boolean) {
  return z.strictObject({
    $schema: z.string().exactOptional(),
    server: serverField(),
    database: databaseField(),
    directories: directoriesField(),
    product: productField(products),
    mode: z.enum(MODES).default("observe").describe("What may be done to the product; observe: nothing, plans only."),
    schedule: scheduleField(isCron),
    mapping: mappingField(),
    leavers: leaversField(),
    limits: limitsField(),
    drift: driftField(),
    protected: protectedField(),
    retention: retentionField(isCron),
    alerts: alertsField(),
    log: z.strictObject({ level: z.enum(["debug", "info", "warn", "error"]).default("info") }).prefault({}),
  });
}

/** What `createConfigSchema` makes. */
export type ConfigSchema = ReturnType<typeof createConfigSchema>;

/** A configuration that fits the schema, in the shape of the file, defaults filled. */
export type Settings = z.output<ConfigSchema>;
