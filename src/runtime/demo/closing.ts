import type { DirectoryUserId } from "../../domain/directory.ts";
import type { PlanStyle } from "../../planning/plan-style.ts";
import { renderTable } from "../../cli/table.ts";
import type { Bridge } from "../bootstrap.ts";
import type { ProductMember, ProductState } from "./product.ts";
import type { Expected } from "./story.ts";

/** The owner of the sandbox, whom no directory knows. */
const OWNER = "owner@acme.example";

/** What came of it, beside what was to come of it, and how long each leaver took from push to proof. */
export async function closingTable(
  bridge: Bridge,
  final: ProductState,
  expected: Expected,
  style: PlanStyle,
): Promise<string> {
  const members = [...final.members].filter(([email]) => email !== OWNER).map(([, member]) => member);
  const wanted = [...expected.members.values()];
  const active = members.filter(({ status }) => status === "active").length;
  const rows: string[][] = [
    [
      "  accounts",
      String(members.length),
      String(wanted.length),
      `${active} active, ${members.length - active} deactivated`,
    ],
    ["  seats", String(final.seats.used), String(expected.seatsUsed), `of ${final.seats.total}`],
    ...groupRows(final, expected),
    [
      "  bookings cancelled",
      String(cancelledIn(final)),
      String(expected.bookingsCancelled),
      `${expected.bookingsKept} past ones untouched`,
    ],
    ["  guests mailed", String(final.mailed.length), String(expected.mailed.length), "once per cancelled booking"],
  ];
  const table = renderTable(["  ", "IS", "EXPECTED", ""], rows);
  const leavers = await leaverRows(bridge);
  return [
    "",
    style.title("At the end"),
    table,
    "",
    style.title("Leavers, from the IdP's push to the product's proof"),
    renderTable([], leavers),
  ].join("\n");
}

function groupRows(final: ProductState, expected: Expected): string[][] {
  const wanted = [...expected.members.values()];
  const names = [...new Set(wanted.flatMap(({ groups }) => groups))].sort();
  const count = (members: Iterable<{ readonly groups: readonly string[] }>, name: string): string =>
    String([...members].filter(({ groups }) => groups.includes(name)).length);
  return names.map((name) => [`  group ${name}`, count(final.members.values(), name), count(wanted, name), ""]);
}

async function leaverRows({ store, services }: Bridge): Promise<string[][]> {
  const rows: string[][] = [];
  for (const who of ["ana@acme.example", "sami@acme.example"]) {
    const user: DirectoryUserId = await services.permissions.identify(who);
    for (const { document } of await store.evidence.proofs(user)) {
      rows.push([
        `  ${who}`,
        `${(Number(document["latencyMs"]) / 1000).toFixed(2)} s`,
        "access, seat, groups, bookings: proved",
      ]);
    }
  }
  return rows;
}

function cancelledIn({ bookings }: ProductState): number {
  return bookings.filter(({ status }) => status === "cancelled").length;
}

/** Every way in which the product's state is not the expected one; empty when it is. */
export function differences(final: ProductState, expected: Expected): readonly string[] {
  const found: string[] = [];
  const compare = (what: string, is: unknown, wanted: unknown): void => {
    if (JSON.stringify(is) !== JSON.stringify(wanted))
      found.push(`${what} is ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`);
  };
  const others = [...final.members.keys()].filter((email) => email !== OWNER && !expected.members.has(email));
  compare("the list of unknown accounts", others, []);
  for (const [email, wanted] of expected.members) {
    const member = final.members.get(email);
    compare(email, member && shown(member), shown(wanted));
  }
  compare("the number of seats in use", final.seats.used, expected.seatsUsed);
  compare("the number of cancelled bookings", cancelledIn(final), expected.bookingsCancelled);
  compare("the number of kept bookings", final.bookings.length - cancelledIn(final), expected.bookingsKept);
  compare("the list of guests who got mail", [...final.mailed].sort(), expected.mailed);
  return found;
}

/** The part of an account that the story is about. */
function shown({ displayName, status, seat, groups }: Omit<ProductMember, "id">): object {
  return { displayName, status, seat, groups };
}
