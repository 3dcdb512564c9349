import type { DirectoryId } from "../../src/domain/directory.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import type { Limits } from "../../src/domain/plan.ts";
import {
  DEFAULT_LIMITS,
  REPAIR_EVERYTHING,
  type DriftPolicy,
  type LeaverPolicy,
  type Mode,
  type RehirePolicy,
} from "../../src/domain/policy.ts";
import { NO_LIMITS } from "../support/bridge.ts";
import { ENTERPRISE_URN } from "../support/scim-users.ts";
import type { Chance } from "./chance.ts";

/** The configuration, the company and the misfortunes of one history. */
export interface Scenario {
  readonly mode: Mode;
  readonly limits: Limits;
  readonly leavers: LeaverPolicy;
  readonly drift: DriftPolicy;
  readonly rehire: RehirePolicy;
  readonly authoritative: boolean;
  /** Whether people of type `Robot` are out of scope. */
  readonly scoped: boolean;
  /** First listed first. */
  readonly directories: readonly DirectoryId[];
  readonly protected: readonly string[];
  /** How many identities the IdP knows of. */
  readonly identities: number;
  readonly seats: number;
  readonly rounds: number;
  /** Accounts on one page of the product's lists. */
  readonly pageSize: number;
  /** Faulty requests in a thousand. */
  readonly faultRate: number;
  /** Runs that are killed in a hundred. */
  readonly killRate: number;
  /** Runs in a hundred in whose middle something happens. */
  readonly meanwhileRate: number;
  /** What happens to time, beside that it passes. */
  readonly time: "steady" | "jumps" | "reboots";
  /** A second bridge process on the same store. */
  readonly rivals: boolean;
}

/** What one seed stands for. */
export function drawScenario(chance: Chance): Scenario {
  const limits = drawLimits(chance);
  const action = chance.percent(15) ? "delete" : "deactivate";
  return {
    mode: chance.weighted<Mode>([
      [28, "full"],
      [1, "no-removals"],
      [1, "create-only"],
      [1, "observe"],
    ]),
    limits,
    leavers: {
      action,
      bookings: {
        ...drawBookings(chance),
        delayMs: chance.percent(20) ? chance.oneOf([60_000, 3_600_000, 172_800_000]) : 0,
        reason: "Your host is no longer available.",
        onFailure: chance.percent(25) ? "hold" : "deactivate",
      },
    },
    drift: drawDrift(chance),
    rehire: chance.weighted<RehirePolicy>([
      [3, "conflict"],
      [2, "link"],
      [1, "new"],
    ]),
    authoritative: !chance.percent(15),
    scoped: chance.percent(30),
    directories: (chance.percent(25) ? ["acme", "globex"] : ["acme"]).map((id) => id as DirectoryId),
    protected: chance.percent(30) ? ["p0@acme.example"] : [],
    identities: chance.weighted([
      [12, chance.between(3, 5)],
      [4, chance.between(6, 9)],
      [1, chance.between(10, 25)],
    ]),
    seats: chance.percent(40) ? chance.between(1, 5) : 60,
    rounds: chance.between(2, 4),
    pageSize: chance.between(2, 8),
    faultRate: chance.weighted([
      [3, 0],
      [4, 25],
      [2, 80],
    ]),
    killRate: chance.weighted([
      [3, 0],
      [4, 35],
      [1, 70],
    ]),
    meanwhileRate: chance.weighted([
      [2, 0],
      [3, 40],
    ]),
    time: chance.weighted<Scenario["time"]>([
      [5, "steady"],
      [2, "jumps"],
      [1, "reboots"],
    ]),
    rivals: chance.percent(25),
  };
}

function drawLimits(chance: Chance): Limits {
  const kind = chance.weighted([
    [3, "default"],
    [2, "none"],
    [3, "small"],
  ]);
  if (kind === "default") return DEFAULT_LIMITS;
  if (kind === "none") return NO_LIMITS;
  const small = (floor: number) => ({ floor, max: floor + chance.below(3), percent: chance.oneOf([10, 25, 50]) });
  return {
    deactivate: small(chance.between(1, 2)),
    delete: small(1),
    cancelBookings: { ...small(chance.between(1, 3)), percent: null },
    removeFromGroup: small(chance.between(1, 3)),
    releaseSeat: small(chance.between(1, 3)),
    update: small(chance.between(1, 5)),
    create: small(chance.between(2, 6)),
    adopt: small(chance.between(1, 3)),
  };
}

function drawBookings(chance: Chance): Pick<LeaverPolicy["bookings"], "action" | "reassignTo" | "otherwise"> {
  const action = chance.weighted([
    [5, "cancel"],
    [3, "reassign"],
    [1, "keep"],
  ] as const);
  return {
    action,
    reassignTo: chance.oneOf([["manager", "group"], ["group"], ["manager"]] as const),
    otherwise: chance.oneOf(["cancel", "cancel", "keep"] as const),
  };
}

function drawDrift(chance: Chance): DriftPolicy {
  if (chance.percent(70)) return REPAIR_EVERYTHING;
  const draw = () => (chance.percent(50) ? "report" : "repair");
  return { ...REPAIR_EVERYTHING, displayName: draw(), seat: draw(), groups: draw(), status: draw(), email: draw() };
}

/** Departments that have groups, by the mapping that `mappingOf` writes. */
export const GROUPS_OF_DEPARTMENT: Readonly<Record<string, readonly string[]>> = {
  Sales: ["Sales"],
  Support: ["Support"],
  Field: ["Field", "Sales"],
};
/** The groups that some rule names. */
export const MANAGED_GROUPS: readonly string[] = ["Field", "Managers", "Sales", "Support", "Tier"];
/** The IdP's group whose members go into the product's group `Tier`. */
export const DIRECTORY_GROUP = "Tier One";

/** The mapping document of a scenario. */
export function mappingOf({ rehire, authoritative, scoped }: Scenario): JsonObject {
  return {
    scope: scoped ? 'userType ne "Robot"' : null,
    rehire,
    groups: {
      authoritative,
      rules: [
        {
          attribute: `${ENTERPRISE_URN}:department`,
          values: Object.fromEntries(Object.entries(GROUPS_OF_DEPARTMENT).map(([name, groups]) => [name, [...groups]])),
          unmapped: "ignore",
        },
        { when: 'title co "Manager"', group: "Managers" },
        { directoryGroup: DIRECTORY_GROUP, group: "Tier" },
      ],
    },
    seats: { rules: [{ when: 'userType eq "Contractor"', seat: null }], default: "standard" },
  };
}
