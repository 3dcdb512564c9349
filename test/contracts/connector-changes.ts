import type { AccountId, ObservedAccount } from "../../src/domain/account.ts";
import type { Instant } from "../../src/domain/brand.ts";
import type { Change, ChangeKind } from "../../src/domain/plan.ts";
import type { Applied } from "../../src/ports/connector.ts";
import { aDesiredAccount, anApplyContext } from "./connector-harness.ts";
import type { ConnectorHarness } from "./connector-harness.ts";

/** What every change carries for people to read; connectors look at none of it. */
export const CAUSE = { cause: "joiner", because: ["test"] } as const;

/** One change of a kind, prepared in a product, and whether the product shows its effect. */
export interface ChangeCase {
  readonly kind: ChangeKind;
  readonly title: string;
  arrange(harness: ConnectorHarness): Promise<{ readonly change: Change; holds(applied: Applied): Promise<boolean> }>;
}

const PROFILE = { email: "ana@acme.example", displayName: "Ana Lima", givenName: "Ana" };

/** At least one case of every kind of change. */
export const CHANGE_CASES: readonly ChangeCase[] = [
  {
    kind: "create-group",
    title: "a group is created",
    arrange: (harness) =>
      Promise.resolve({
        change: { kind: "create-group", ...CAUSE, name: "Support" },
        holds: async (applied) => applied.group !== undefined && (await harness.groupNames()).join() === "Support",
      }),
  },
  {
    kind: "create-account",
    title: "an account is created, without a seat or groups",
    arrange: (harness) => {
      const desired = harness.connector.normalize(aDesiredAccount());
      return Promise.resolve({
        change: { kind: "create-account", ...CAUSE, desired },
        holds: async ({ account }) => {
          const made = account === undefined ? undefined : await look(harness, account);
          return made?.profile.email === desired.profile.email && made.seat === null && made.groups.length === 0;
        },
      });
    },
  },
  onAccount("adopt-account", "adopting an account changes nothing in the product", (harness, account) => ({
    change: { kind: "adopt-account", ...CAUSE, account, origin: "adopted", profile: PROFILE },
    holds: async (applied) => applied.account === account && (await look(harness, account))?.marker === undefined,
  })),
  onAccount("update-account", "an account is updated in the fields that differ", (harness, account) => {
    const after = { ...PROFILE, email: "ana.lima@acme.example", displayName: "Ana L." };
    return {
      change: { kind: "update-account", ...CAUSE, account, before: PROFILE, after },
      holds: async () => {
        const profile = (await look(harness, account))?.profile;
        return profile?.email === after.email && profile.displayName === "Ana L." && profile.givenName === "Ana";
      },
    };
  }),
  onAccount("deactivate-account", "an account is deactivated", (harness, account) => ({
    change: { kind: "deactivate-account", ...CAUSE, account },
    holds: async () => (await look(harness, account))?.status === "deactivated",
  })),
  onAccount("reactivate-account", "an account is reactivated", async (harness, account) => {
    await harness.connector.apply({ kind: "deactivate-account", ...CAUSE, account }, anApplyContext());
    return {
      change: { kind: "reactivate-account", ...CAUSE, account },
      holds: async () => (await look(harness, account))?.status === "active",
    };
  }),
  onAccount("delete-account", "an account is deleted", (harness, account) => ({
    change: { kind: "delete-account", ...CAUSE, account },
    holds: async () => (await look(harness, account)) === undefined,
  })),
  onAccount("assign-seat", "a seat is assigned", (harness, account) => ({
    change: seatChange("assign-seat", harness, account),
    holds: async () => (await look(harness, account))?.seat === harness.seat,
  })),
  onAccount("release-seat", "a seat is released", async (harness, account) => {
    await harness.connector.apply(seatChange("assign-seat", harness, account), anApplyContext());
    return {
      change: seatChange("release-seat", harness, account),
      holds: async () => (await look(harness, account))?.seat === null,
    };
  }),
  onAccount("add-to-group", "an account is added to a group", async (harness, account) => {
    const id = await harness.addGroup("Sales");
    return {
      change: { kind: "add-to-group", ...CAUSE, account: ref(account), group: { by: "id", id, name: "Sales" } },
      holds: async () => (await look(harness, account))?.groups.includes(id) === true,
    };
  }),
  onAccount("remove-from-group", "an account is taken out of a group", async (harness, account) => {
    const group = { by: "id", id: await harness.addGroup("Sales"), name: "Sales" } as const;
    await harness.connector.apply({ kind: "add-to-group", ...CAUSE, account: ref(account), group }, anApplyContext());
    return {
      change: { kind: "remove-from-group", ...CAUSE, account: ref(account), group },
      holds: async () => (await look(harness, account))?.groups.length === 0,
    };
  }),
  onAccount("cancel-booking", "a booking is cancelled and each guest told once", async (harness, account) => ({
    change: { kind: "cancel-booking", ...CAUSE, ...(await aBooking(harness, account)) },
    holds: async () => (await harness.mails()) === 2 && (await upcoming(harness, account)) === 0,
  })),
  onAccount("reassign-booking", "a booking is handed over and each guest told once", async (harness, account) => {
    const to = await harness.addAccount({ email: "bo@acme.example", displayName: "Bo" });
    return {
      change: { kind: "reassign-booking", ...CAUSE, ...(await aBooking(harness, account)), to },
      holds: async () =>
        (await harness.mails()) === 2 &&
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
  const booking = await harness.addBooking(account, 24);
  return { account, booking, startsAt: harness.now() as Instant, guests: 2 };
}

async function look(harness: ConnectorHarness, id: AccountId): Promise<ObservedAccount | undefined> {
  return (await harness.accounts()).find((account) => account.id === id);
}

async function upcoming({ connector, now }: ConnectorHarness, account: AccountId): Promise<number> {
  return (await Array.fromAsync(connector.bookings(account, now() as Instant, new AbortController().signal))).length;
}

function ref(id: AccountId) {
  return { by: "id", id } as const;
}
