import type { ObservedAccount } from "../../../domain/account.ts";
import { ConnectorError } from "../../../domain/errors.ts";
import type { Sending } from "../../http.ts";
import { accountPage, findByEmail, readAccount } from "../accounts.ts";
import { listBookings } from "../bookings.ts";
import { groupsOfAccounts, listGroups, membersOf } from "../groups.ts";
import { listSeats, readTenant } from "../observe.ts";
import type { Cursor } from "../paging.ts";
import { attempt, TrialFault } from "./trial.ts";
import type { Trial, TrialFinding } from "./trial.ts";

/** Pages that are read of all accounts: enough to see whether the second is another one. */
const PAGES = 3;
const NOBODY = "rosterbridge-test-nobody@example.invalid";

/** Tries what only reads, operation by operation. Writes nothing. */
export async function* tryReading(trial: Trial): AsyncGenerator<TrialFinding> {
  const { product, signal } = trial;
  const { operations } = product.recipe;
  const how: Sending = { signal };
  let accounts: readonly ObservedAccount[] = [];
  const listed = await attempt(trial, "listAccounts", async () => {
    const read = await firstPages(trial, how);
    accounts = read.accounts;
    return `${read.accounts.length} accounts on ${read.pages} ${read.pages === 1 ? "page" : "pages"}${read.isAll ? "" : ", and more"}.`;
  });
  yield listed;
  // Without it nothing else can be judged.
  if (listed.verdict === "bad") return;
  if (operations.readTenant !== undefined) {
    yield await attempt(trial, "readTenant", async () => {
      await readTenant(product, how);
      return "The product says which organisation it is.";
    });
  }
  yield* tryOne(trial, accounts, how);
  yield* tryGroups(trial, how);
  if (operations.listSeats !== undefined) {
    yield await attempt(trial, "listSeats", async () => {
      const pools = [...((await listSeats(product, how)) ?? [])];
      return `${pools.map(([seat, { used, total }]) => `${used} of ${total} ${seat} seats in use`).join("; ")}.`;
    });
  }
  yield* tryBookings(trial, accounts, how);
}

async function firstPages(
  { product }: Trial,
  how: Sending,
): Promise<{ readonly accounts: readonly ObservedAccount[]; readonly pages: number; readonly isAll: boolean }> {
  const memberships = await groupsOfAccounts(product, how, null);
  const accounts = new Map<string, ObservedAccount>();
  let cursor: Cursor | null = null;
  let pages = 0;
  do {
    const page = await accountPage(product, cursor, memberships, how);
    pages += 1;
    for (const account of page.accounts) {
      if (accounts.has(account.id)) {
        throw new TrialFault(
          `An account came twice, on page ${pages}.`,
          "Check paging: a product that does not know the parameter of the page gives the first one again.",
        );
      }
      accounts.set(account.id, account);
    }
    cursor = page.next;
  } while (cursor !== null && pages < PAGES);
  if (accounts.size > 0) return { accounts: [...accounts.values()], pages, isAll: cursor === null };
  const remedy = "Check items and where: at least the account of whoever made the token should be there.";
  throw new TrialFault("The list holds nobody.", remedy);
}

async function* tryOne(trial: Trial, accounts: readonly ObservedAccount[], how: Sending): AsyncGenerator<TrialFinding> {
  const { product } = trial;
  const { operations } = product.recipe;
  const [first] = accounts;
  if (first === undefined) return;
  if (operations.getAccount !== undefined) {
    yield await attempt(trial, "getAccount", async () => {
      const read = await readAccount(product, first.id, how);
      if (read === undefined) throw new TrialFault("An account that is listed is not found by its id.", CHECK_GET);
      const differing = differences(first, read);
      if (differing.length === 0) return "It shows the same as the list.";
      throw new TrialFault(`It shows something else than the list: ${differing.join(", ")}.`, CHECK_GET);
    });
  }
  if (operations.findAccount !== undefined) {
    yield await attempt(trial, "findAccount", async () => {
      const found = await findByEmail(product, first.profile.email, how);
      if (!found.some(({ id }) => id === first.id)) {
        throw new TrialFault("An account that is listed is not found by its e-mail.", "Check its query.");
      }
      const nobody = await findByEmail(product, NOBODY, how);
      if (nobody.length > 0) throw new TrialFault("Somebody is found who cannot be there.", "Check account.email.");
      return "A listed account is found by its e-mail, and nobody where nobody is.";
    });
  }
}

const CHECK_GET = "Check its take and account, and those of listAccounts.";

function differences(one: ObservedAccount, other: ObservedAccount): readonly string[] {
  const fields = ["id", "status", "role", "seat", "profile", "groups"] as const;
  const text = (account: ObservedAccount, field: (typeof fields)[number]): string =>
    JSON.stringify(field === "groups" ? account.groups.toSorted() : account[field]);
  return fields.filter((field) => text(one, field) !== text(other, field));
}

async function* tryGroups(trial: Trial, how: Sending): AsyncGenerator<TrialFinding> {
  const { product } = trial;
  const { operations } = product.recipe;
  if (operations.listGroups === undefined) return;
  const groups = await listGroups(product, how).catch((error: unknown) => {
    if (error instanceof ConnectorError) return error;
    throw error;
  });
  yield await attempt(trial, "listGroups", () =>
    groups instanceof ConnectorError ? Promise.reject(groups) : Promise.resolve(`${groups.length} groups are there.`),
  );
  if (groups instanceof ConnectorError || operations.listMembers === undefined) return;
  const [group] = groups;
  if (group === undefined) return;
  yield await attempt(trial, "listMembers", async () => {
    const members = await membersOf(product, group.id, how);
    return `${members.length} accounts are in the first group.`;
  });
}

async function* tryBookings(
  trial: Trial,
  [first]: readonly ObservedAccount[],
  how: Sending,
): AsyncGenerator<TrialFinding> {
  const { product } = trial;
  if (product.recipe.operations.listBookings === undefined || first === undefined) return;
  yield await attempt(trial, "listBookings", async () => {
    const bookings = await Array.fromAsync(listBookings(product, first.id, product.clock.now(), how));
    return `${bookings.length} upcoming bookings of the first account.`;
  });
}
