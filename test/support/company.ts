import fc from "fast-check";
import { UsageError } from "../../src/domain/errors.ts";
import { Killed } from "./mortal.ts";
import { accountOf, book, hire, patch, remove, runFull, runUrgent, type TestBridge } from "./bridge.ts";
import { ENTERPRISE_URN } from "./scim-users.ts";

/** What may happen to a company, its product and its bridge. People are named by a number. */
export type CompanyEvent =
  | { readonly what: "hire" | "leave" | "return" | "delete" | "book"; readonly who: number }
  | { readonly what: "move"; readonly who: number; readonly department: string }
  | { readonly what: "retitle"; readonly who: number; readonly title: string }
  | { readonly what: "edit"; readonly who: number; readonly field: "displayName" | "groups" | "seat" | "status" }
  /** An admin lets everybody through who ever was there: what is edited again and again is put right once more. */
  | { readonly what: "release" }
  | { readonly what: "run"; readonly lane: "full" | "urgent"; readonly killAt: number | null };

const who = fc.nat(4);

/** What the IdP says. */
export const push: fc.Arbitrary<CompanyEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant("hire" as const), who }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constantFrom("leave" as const, "return" as const), who }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("delete" as const), who }) },
  fc.record({ what: fc.constant("move" as const), who, department: fc.constantFrom("Sales", "Support", "Other") }),
  fc.record({ what: fc.constant("retitle" as const), who, title: fc.constantFrom("Manager", "Clerk") }),
);

/** What people do in the product. */
export const useProduct: fc.Arbitrary<CompanyEvent> = fc.oneof(
  fc.record({ what: fc.constant("book" as const), who }),
  fc.record({
    what: fc.constant("edit" as const),
    who,
    field: fc.constantFrom("displayName" as const, "groups" as const, "seat" as const, "status" as const),
  }),
);

/** A run of either lane that comes to its end. */
export const run: fc.Arbitrary<CompanyEvent> = fc.record({
  what: fc.constant("run" as const),
  lane: fc.constantFrom("full" as const, "urgent" as const),
  killAt: fc.constant(null),
});

/** A run whose process is killed at some step of it, if it has so many. */
export const killedRun: fc.Arbitrary<CompanyEvent> = fc.record({
  what: fc.constant("run" as const),
  lane: fc.constantFrom("full" as const, "urgent" as const),
  killAt: fc.integer({ min: 1, max: 60 }),
});

/** The e-mail of a person. */
export const emailOf = (person: number): string => `p${person}@acme.example`;

/** A company as its IdP knows it. */
export interface Company {
  /** By number; those who were deleted are not there. */
  readonly staff: ReadonlyMap<number, { readonly id: string; readonly active: boolean }>;
  happen(event: CompanyEvent): Promise<void>;
}

/** An empty company; what makes no sense at the time, such as hiring somebody twice, does not happen. */
export function createCompany(bridge: TestBridge): Company {
  const staff = new Map<number, { id: string; active: boolean }>();
  const everybody: string[] = [];

  const change = async (person: number, value: Parameters<typeof patch>[2]): Promise<void> => {
    const known = staff.get(person);
    if (known !== undefined) await patch(bridge, known.id, value);
  };
  const setActive = async (person: number, active: boolean): Promise<void> => {
    const known = staff.get(person);
    if (known === undefined || known.active === active) return;
    await patch(bridge, known.id, { active });
    known.active = active;
  };
  const add = async (person: number): Promise<void> => {
    if (staff.has(person)) return;
    const { id } = await hire(bridge, emailOf(person), { externalId: `e-${person}`, department: "Sales" });
    staff.set(person, { id, active: true });
    everybody.push(id);
  };
  const drop = async (person: number): Promise<void> => {
    const known = staff.get(person);
    if (known === undefined) return;
    staff.delete(person);
    await remove(bridge, known.id);
  };

  return {
    staff,
    async happen(event) {
      switch (event.what) {
        case "hire":
          return add(event.who);
        case "leave":
          return setActive(event.who, false);
        case "return":
          return setActive(event.who, true);
        case "delete":
          return drop(event.who);
        case "move":
          return change(event.who, { [ENTERPRISE_URN]: { department: event.department } });
        case "retitle":
          return change(event.who, { title: event.title });
        case "book":
          if (accountOf(bridge, emailOf(event.who))?.status === "active") book(bridge, emailOf(event.who));
          return;
        case "edit":
          return editByHand(bridge, emailOf(event.who), event.field);
        case "release":
          for (const id of everybody) await release(bridge, id);
          return;
        case "run":
          return runOrDie(bridge, event);
      }
    },
  };
}

/** Whoever is held by something else than a limit is not released, and told so. */
async function release(bridge: TestBridge, id: string): Promise<void> {
  try {
    await bridge.services().permissions.release(id, { author: "admin", reason: "edited again and again" });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
}

function editByHand({ product }: TestBridge, email: string, field: "displayName" | "groups" | "seat" | "status"): void {
  const account = product.state.byEmail(email);
  if (account === undefined) return;
  const edits = {
    displayName: { profile: { ...account.profile, displayName: "Edited" } },
    groups: { groups: [] },
    seat: { seat: null },
    status: { status: account.status === "active" ? ("deactivated" as const) : ("active" as const) },
  };
  product.state.change(account.id, edits[field]);
}

async function runOrDie(bridge: TestBridge, { lane, killAt }: CompanyEvent & { readonly what: "run" }): Promise<void> {
  // Long enough for every pause after a failure to be over.
  bridge.clock.advance(20 * 60_000);
  if (killAt !== null) bridge.life().killAt(bridge.life().steps.length + killAt);
  try {
    await (lane === "full" ? runFull(bridge) : runUrgent(bridge));
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  } finally {
    if (killAt !== null) bridge.restart();
  }
}
