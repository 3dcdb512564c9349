import { z } from "zod";
import { PERSON_STATES } from "../../../domain/person-state.ts";
import { anyObject, digest, instant, opaqueId, pageOf, shape } from "./basics.ts";
import { cause, change, heldChange } from "./plan.ts";

const directoryGroups = z.array(z.object({ id: opaqueId, displayName: z.string() }));
const somebody = z.object({
  id: opaqueId,
  userName: z.string(),
  directory: z.string(),
  status: z.enum(["active", "inactive", "deleted"]),
});
const profile = z.looseObject({}).describe("Fields of the account: `email`, `displayName`, `givenName`, …");
const failure = z.looseObject({
  user: opaqueId,
  attempts: z.int(),
  nextAt: instant,
  code: z.string(),
  message: z.string(),
});
const heldRecord = z.object({
  user: opaqueId,
  label: z.string(),
  key: z.string(),
  hold: z.string(),
  detail: z.string(),
});

const pushed = z.object({
  at: instant,
  actor: z.string(),
  action: z.string(),
  attributes: z.array(z.string()),
  active: z.boolean().nullable(),
});

const staged = z.object({
  userName: z.string(),
  externalId: z.string().nullable(),
  active: z.boolean(),
  leftAt: instant.nullable(),
  deletedAt: instant.nullable(),
  version: z.int(),
  groups: directoryGroups,
});

const mapped = z.object({
  mappingVersion: z.int(),
  scope: z.string().nullable(),
  inScope: z.boolean(),
  leaver: z.string().nullable(),
  account: profile,
  groups: z.array(z.object({ group: z.string(), because: z.array(z.string()) })),
  notIn: z.array(z.string()),
  seat: z.string().nullable(),
  seatBecause: z.string().nullable(),
  unmapped: z.array(z.string()),
  problems: z.array(z.string()),
});

const matched = z.object({
  link: anyObject.nullable(),
  unanswered: z.object({ reason: z.string(), message: z.string() }).nullable(),
  kind: z.enum(["linked", "relinked", "adoptable", "new", "missing", "conflict", "none"]).nullable(),
  reason: z.string().nullable(),
  candidates: z.array(
    z.object({
      id: opaqueId,
      email: z.string(),
      status: z.enum(["active", "pending", "deactivated"]),
      role: z.enum(["owner", "admin", "member"]),
      seat: z.string().nullable(),
      groups: z.array(z.string()),
      linkedTo: somebody.nullable(),
    }),
  ),
  namesakes: z.array(somebody),
});

const planned = z.object({
  now: z
    .object({
      cause: cause.nullable(),
      changes: z.array(change),
      held: z.array(heldChange),
      notes: z.array(z.string()),
      digest,
      confirms: z.boolean(),
    })
    .nullable(),
  heldBefore: z.array(heldRecord),
  waiting: z.object({ seat: z.string(), place: z.int(), reason: z.string(), of: z.int() }).nullable(),
  failing: failure.nullable(),
  mode: z.enum(["observe", "create-only", "no-removals", "full"]),
  released: z.boolean(),
  lastAnswer: anyObject.nullable(),
  proof: anyObject.nullable(),
});

/** Why things are as they are for one person: what `rosterbridge explain --json` prints. */
export const EXPLANATION = shape(
  "Explanation",
  z.object({
    explainedAt: instant,
    person: z.object({
      id: opaqueId,
      directory: z.string(),
      userName: z.string(),
      displayName: z.string().nullable(),
      erasedAt: instant.nullable().describe("When the personal data were erased; null while they are kept."),
    }),
    verdict: z.object({
      state: z.enum(["in-step", "pending", "held", "waiting", "conflict", "failing", "left", "unknown"]),
      sentence: z.string(),
    }),
    pushed: pushed.nullable().describe("1. What the IdP said last."),
    staged: staged.describe("2. The person as they are stored."),
    mapped: mapped.describe("3. What the mapping makes of them."),
    matched: matched.describe("4. Which account is theirs."),
    planned: planned.describe("5. What would be done now, and what the product answered last."),
    timeline: z.array(z.looseObject({ source: z.enum(["audit", "journal"]), at: instant })).describe("Oldest first."),
  }),
);

const chainPoint = z.object({ sequence: z.int(), hash: z.string() });

/** What is kept of somebody's offboardings. */
export const OFFBOARDINGS = shape(
  "Offboardings",
  z.object({
    proofs: z
      .array(
        z.object({
          user: opaqueId,
          at: instant,
          document: anyObject.describe(
            "The proof as it was written: what the IdP said, each step, what was read back.",
          ),
          heirs: z.record(z.string(), z.string()).describe("E-mails of those who took meetings over, by account."),
          audit: chainPoint
            .extend({ matches: z.boolean() })
            .nullable()
            .describe("Its place in the audit chain; `matches` false: it is not what was chained."),
        }),
      )
      .describe("Newest first."),
    lost: z.array(chainPoint).describe("Rows of the audit log whose proofs are gone."),
  }),
);

/** What a release let through. */
export const RELEASED = shape("Released", z.object({ user: opaqueId }));

/** A page of people. */
export const PEOPLE = shape(
  "People",
  pageOf(
    z.object({
      id: opaqueId,
      directory: z.string(),
      userName: z.string(),
      displayName: z.string().nullable(),
      email: z.string().nullable(),
      externalId: z.string().nullable(),
      active: z.boolean().describe("As the IdP last said."),
      deletedAt: instant.nullable(),
      leftAt: instant.nullable(),
      account: z
        .object({
          id: opaqueId,
          linkedAt: instant,
          origin: z.enum(["created", "adopted"]),
          offboardedAt: instant.nullable().describe("When it was read back as shut."),
        })
        .nullable(),
      state: z.enum(PERSON_STATES),
      updatedAt: instant,
    }),
  ),
);
