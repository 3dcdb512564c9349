import type { AccountId, AccountProfile } from "../../src/domain/account.ts";
import type { Instant } from "../../src/domain/brand.ts";
import type { Change, ChangeKind } from "../../src/domain/plan.ts";
import type { Applied } from "../../src/ports/connector.ts";
import { aDesiredAccount, anApplyContext } from "./connector-harness.ts";
import type { ConnectorHarness } from "./connector-harness.ts";
import { accountOf, bookingsOf, mailsOf, needed } from "./connector-state.ts";

/** What every change carries for people to read; connectors look at none of it. */
export const CAUSE = { cause: "joiner", because: ["test"] } as const;

/** One change of a kind, prepared in a product, and whether the product shows its effect. */
export interface ChangeCase {
  readonly kind: ChangeKind;
  readonly title: string;
  arrange(harness: ConnectorHarness): Promise<{ readonly change: Change; holds(applied: Applied): Promise<boolean> }>;
}

const PROFILE = { email: "ana@acme.example", displayName: "Ana Lima", givenName: "Ana" };
const NEW_PROFILE: Required<AccountProfile> = {
  email: "ana.lima@acme.example",
  displayName: "Ana L.",
  givenName: "Anna",
  familyName: "Lima-Reis",
  timezone: "Europe/Lisbon",
  locale: "pt",
};
const FIELDS = ["email", "displayName", "givenName", "familyName", "timezone", "locale"] as const;

/** At least one case of every kind of change. */
export const CHANGE_CASES: readonly ChangeCase[] = [
  {
    kind: "create-group",
    title: "a group is created",
    arrange: (harness) =>
      Promise.resolve({
        change: { kind: "create-group", ...CAUSE, name: "Support" },
        holds: async (applied) => {
          const names = (await harness.groupNames?.()) ?? [];
          return applied.group !== undefined && names.filter((name) => name === "Support").length === 1;
        },
      }),
  },
  {
    kind: "create-account",
    title: "an account is created, without groups or a seat that has to be assigned",
    arrange: (harness) => {
      const desired = harness.connector.normalize(aDesiredAccount());
      return Promise.resolve({
        change: { kind: "create-account", ...CAUSE, desired },
        holds: async ({ account }) => {
          const made = account === undefined ? undefined : await accountOf(harness, account);
          return (
            made?.profile.email === desired.profile.email && made.seat === desired.seat && made.groups.length === 0
          );
        },
      });
    },
  },
  onAccount("adopt-account", "adopting an account changes nothing in the product", (harness, account) => ({
    change: { kind: "adopt-account", ...CAUSE, account, origin: "adopted", profile: PROFILE },
    holds: async (applied) => applied.account === account && (await accountOf(harness, account))?.marker === undefined,
  })),
  onAccount("update-account", "an account is updated in the fields that differ", async (harness, account) => {
    const before = (await accountOf(harness, account))?.profile ?? PROFILE;
    const after = { ...before, ...newFields(harness) };
    return {
      change: { kind: "update-account", ...CAUSE, account, before, after },
      holds: async () => {
        const profile = (await accountOf(harness, account))?.profile;
        return FIELDS.every((field) => profile?.[field] === after[field]);
      },
    };
  }),
  onAccount("deactivate-account", "an account is deactivated", (harness, account) => ({
    change: { kind: "deactivate-account", ...CAUSE, account },
    holds: async () => {
      const left = await accountOf(harness, account);
      return harness.connector.capabilities.deactivated === "gone"
        ? left === undefined
        : left?.status === "deactivated";
    },
  })),
  onAccount("reactivate-account", "an account is reactivated", async (harness, account) => {
    await harness.connector.apply({ kind: "deactivate-account", ...CAUSE, account }, anApplyContext());
    return {
      change: { kind: "reactivate-account", ...CAUSE, account },
      holds: async () => (await accountOf(harness, account))?.status === "active",
    };
  }),
  onAccount("delete-account", "an account is deleted", (harness, account) => ({
    change: { kind: "delete-account", ...CAUSE, account },
    holds: async () => (await accountOf(harness, account)) === undefined,
  })),
  onAccount("assign-seat", "a seat is assigned", (harness, account) => ({
    change: seatChange("assign-seat", harness, account),
    holds: async () => (await accountOf(harness, account))?.seat === harness.seat,
  })),
  onAccount("release-seat", "a seat is released", async (harness, account) => {
    await harness.connector.apply(seatChange("assign-seat", harness, account), anApplyContext());
    return {
      change: seatChange("release-seat", harness, account),
      holds: async () => (await accountOf(harness, account))?.seat === null,
    };
  }),
  onAccount("add-to-group", "an account is added to a group", async (harness, account) => {
    const id = await needed(harness.addGroup, "addGroup")("Sales");
    return {
      change: { kind: "add-to-group", ...CAUSE, account: ref(account), group: { by: "id", id, name: "Sales" } },
      holds: async () => (await accountOf(harness, account))?.groups.includes(id) === true,
    };
  }),
  onAccount("remove-from-group", "an account is taken out of a group", async (harness, account) => {
    const group = { by: "id", id: await needed(harness.addGroup, "addGroup")("Sales"), name: "Sales" } as const;
    await harness.connector.apply({ kind: "add-to-group", ...CAUSE, account: ref(account), group }, anApplyContext());
    return {
      change: { kind: "remove-from-group", ...CAUSE, account: ref(account), group },
      holds: async () => (await accountOf(harness, account))?.groups.length === 0,
    };
  }),
  onAccount("cancel-booking", "a booking is cancelled and each guest told once", async (harness, account) => ({
    change: { kind: "cancel-booking", ...CAUSE, ...(await aBooking(harness, account)) },
    holds: async () =>
      (await harness.mails?.()) === mailsOf(harness, "cancel-booking") && (await upcoming(harness, account)) === 0,
  })),
  onAccount("reassign-booking", "a booking is handed over and each guest told once", async (harness, account) => {
    const to = await harness.addAccount({ email: "bo@acme.example", displayName: "Bo" });
    return {
      change: { kind: "reassign-booking", ...CAUSE, ...(await aBooking(harness, account)), to },
      holds: async () =>
        (await harness.mails?.()) === mailsOf(harness, "reassign-booking") &&
        (await upcoming(harness, account)) === 0 &&
        (await upcoming(harness, to)) === 1,
    };
  }),
];

type Arranged = Awaited<ReturnType<ChangeCase["arrange"]>>;

function onAccount(
  kind: ChangeKind,
  title: string,
  arrange: (harness: ConnectorHarness, account: AccountId) => Arranged | Promise<Arranged>,
): ChangeCase {
  return { kind, title, arrange: async (harness) => arrange(harness, await harness.addAccount(PROFILE)) };
}

function seatChange(kind: "assign-seat" | "release-seat", { seat }: ConnectorHarness, account: AccountId): Change {
  if (seat === null) throw new Error("the harness of a product with seats must name a pool");
  return { kind, ...CAUSE, account: ref(account), seat };
}

async function aBooking(harness: ConnectorHarness, account: AccountId) {
  const booking = await needed(harness.addBooking, "addBooking")(account, 24);
  return { account, booking, startsAt: harness.now() as Instant, guests: harness.guests ?? 2 };
}

async function upcoming(harness: ConnectorHarness, account: AccountId): Promise<number> {
  return (await bookingsOf(harness, account)).length;
}

/** Another value for the first two fields that an update can write. */
function newFields({ connector }: ConnectorHarness): Partial<AccountProfile> {
  const fields = FIELDS.filter((field) => connector.capabilities.updates.has(field)).slice(0, 2);
  return Object.fromEntries(fields.map((field) => [field, NEW_PROFILE[field]]));
}

function ref(id: AccountId) {
  return { by: "id", id } as const;
}
