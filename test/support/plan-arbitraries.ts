import fc from "fast-check";
import type { AccountLink, Candidate, DesiredAccount, ObservedAccount, Seat } from "../../src/domain/account.ts";
import type { Instant } from "../../src/domain/brand.ts";
import { CHANGE_KINDS, type ChangeKind } from "../../src/domain/plan.ts";
import type { PersonFacts, PlanContext } from "../../src/planning/context.ts";
import { PROFILE_FIELDS } from "../../src/planning/diff.ts";
import type { Mode } from "../../src/domain/policy.ts";
import { ACME, NOW, aBooking, aContext, aGroup, asAccount, asSeat, asUser, NO_GRACE } from "./plan-builders.ts";

const GROUPS = ["Sales", "Support", "Handmade", "New"] as const;
const seat = fc.constantFrom<Seat | null>(null, asSeat("standard"), asSeat("gold"));
const groups = fc.subarray([...GROUPS]);
const displayName = fc.constantFrom("Ana", "Ana Li", undefined);
const leave = fc.record({ cancelled: fc.nat(2), handedOver: fc.nat(1) });

/** An e-mail out of a few, so that people collide; in either case; now and then unusable or on a foreign domain. */
const email = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("a", "b", "c", "d", "e", "f").map((name) => `${name}@acme.example`) },
  { weight: 1, arbitrary: fc.constantFrom("A@acme.example", "a@evil.example", "") },
);

const profile = fc
  .record({ email, displayName })
  .map(({ displayName: name, ...rest }) => (name === undefined ? rest : { ...rest, displayName: name }));

function desired(id: string): fc.Arbitrary<DesiredAccount> {
  const common = { user: asUser(id), directory: ACME, because: [], unmapped: [] };
  const active = fc
    .record({ profile, seat, seatRank: fc.nat(2), groups })
    .map((parts) => ({ ...common, ...parts, status: "active" as const, groups: parts.groups.toSorted() }));
  const leaver = profile.map((own) => ({
    ...common,
    profile: own,
    status: "deactivated" as const,
    leaver: "inactive" as const,
    seat: null,
    seatRank: 0,
    groups: [],
  }));
  return fc.oneof(active, active, leaver);
}

function account(id: string, owner: string): fc.Arbitrary<ObservedAccount> {
  return fc
    .record({
      profile: profile.filter((one) => one.email !== ""),
      marker: fc.constantFrom(undefined, undefined, `acme/${owner}`, "acme/u9"),
      status: fc.constantFrom("active", "active", "pending", "deactivated"),
      role: fc.constantFrom("member", "member", "member", "admin", "owner"),
      seat,
      groups: fc.subarray([...GROUPS.slice(0, 3), "Unlisted"]),
    })
    .map(({ marker, groups: names, ...parts }) => ({
      id: asAccount(id),
      ...parts,
      ...(marker === undefined ? {} : { marker }),
      groups: names.map((name) => aGroup(name).id),
    }));
}

/** A few fields that were put back, some of them too often. */
const repairs: fc.Arbitrary<AccountLink["repairs"]> = fc.dictionary(
  fc.constantFrom("email", "displayName", "seat", "groups", "status"),
  fc.integer({ min: 1, max: 4 }),
  { maxKeys: 2 },
);

/** What may be known of one person `u<index>`; the account on record, if any, is `m<index>`. */
export function arbitraryFacts(index: number): fc.Arbitrary<PersonFacts> {
  const user = asUser(`u${index}`);
  const holder = fc.constantFrom<Candidate["linkedTo"]>(
    null,
    { user: asUser("u9"), gone: false },
    { user: asUser("u8"), gone: true },
  );
  const own = account(`m${index}`, user).map((found): Candidate => ({
    account: found,
    linkedTo: { user, gone: false },
  }));
  const stranger = fc
    .tuple(account(`x${index}`, user), holder)
    .map(([found, linkedTo]): Candidate => ({ account: found, linkedTo }));
  return fc
    .record({
      desired: desired(user),
      own: fc.option(own, { freq: 4 }),
      isLinked: fc.boolean(),
      strangers: fc.array(stranger, { maxLength: 1 }),
      applied: fc.option(profile),
      entitlements: fc.option(fc.record({ seat, groups: groups.map((names) => names.toSorted()) })),
      repairs,
      offboarded: fc.boolean(),
      lastLeave: fc.option(leave, { freq: 1 }),
      tried: fc.constantFrom([], [], ["a@acme.example"], ["b@acme.example", "c@acme.example"]),
      bookings: fc.option(
        fc
          .nat(3)
          .map((count) =>
            Array.from({ length: count }, (_, each) =>
              aBooking(`b${index}-${each}`, { account: asAccount(`m${index}`) }),
            ),
          ),
      ),
      since: fc.nat(3).map((second) => `2026-11-23T12:00:0${second}.000Z` as Instant),
    })
    .map(
      ({ own: mine, isLinked, strangers, applied, entitlements, repairs: counts, offboarded, lastLeave, ...rest }) => ({
        directory: ACME,
        version: 1,
        ...rest,
        ...(lastLeave === null ? {} : { lastLeave }),
        observed: isLinked && mine !== null ? [mine, ...strangers] : strangers,
        link: isLinked
          ? {
              user,
              account: asAccount(`m${index}`),
              origin: "created",
              linkedAt: NOW,
              applied,
              offboardedAt: offboarded ? NOW : null,
              entitlements,
              repairs: counts,
            }
          : null,
      }),
    );
}

/** Facts of up to eight people, all different. */
export const arbitraryPeople: fc.Arbitrary<readonly PersonFacts[]> = fc
  .nat(8)
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => arbitraryFacts(index))));

export const arbitraryMode: fc.Arbitrary<Mode> = fc.constantFrom("observe", "create-only", "no-removals", "full");

const OUR_BOOKINGS = ["cancel-booking", "reassign-booking"] as const;

/** Any policy over any product. */
export const arbitraryContext: fc.Arbitrary<PlanContext> = fc
  .record({
    changes: fc.oneof(
      fc.constant(new Set(CHANGE_KINDS)),
      fc.subarray([...CHANGE_KINDS]).map((kinds) => new Set(kinds)),
    ),
    updates: fc.oneof(
      fc.constant(new Set(PROFILE_FIELDS)),
      fc.subarray([...PROFILE_FIELDS]).map((fields) => new Set(fields)),
    ),
    seats: fc.constantFrom("assigned", "assigned", "implied"),
    handling: fc.constantFrom("bridge", "bridge", "product", "nobody"),
    bookingOrder: fc.constantFrom("bookings-first", "deactivate-first"),
    invites: fc.boolean(),
    pendingGroups: fc.boolean(),
    action: fc.constantFrom("deactivate", "delete"),
    bookings: fc.constantFrom("cancel", "keep"),
    protectedEmail: fc.constantFrom("a@acme.example", "nobody@acme.example"),
    rehire: fc.constantFrom("link", "new", "conflict"),
    authoritative: fc.boolean(),
    createMissing: fc.boolean(),
  })
  .map(({ action, bookings, handling, protectedEmail, changes, ...parts }) =>
    aContext({
      ...parts,
      bookings: handling,
      changes: handling === "bridge" ? changes : changes.difference(new Set<ChangeKind>(OUR_BOOKINGS)),
      leavers: { action, bookings: { action: bookings, reason: "", onFailure: "deactivate", ...NO_GRACE } },
      protected: { accounts: new Set([protectedEmail]), minOwners: 1 },
    }),
  );
