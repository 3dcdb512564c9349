import type { Knex } from "knex";
import type { DirectoryId, DirectoryUserId } from "../domain/directory.ts";
import type { Claimant } from "../ports/workspace.ts";
import { foldCase } from "../scim/fold-case.ts";
import { whereOneOf } from "./dialect.ts";

interface ClaimRow {
  readonly address: string;
  readonly directory: string;
  readonly user: string;
}

/** Per address, in the order asked, everybody active who has it as userName or e-mail, in any directory, by id. */
export async function claimantsOf(db: Knex, emails: readonly string[]): Promise<readonly (readonly Claimant[])[]> {
  const addresses = emails.map(foldCase);
  const byName = await living(db)
    .where(whereOneOf(db, "users.user_name_key", addresses))
    .select<ClaimRow[]>("users.user_name_key as address", "users.directory as directory", "users.id as user");
  const byEmail = await living(db)
    .join("user_emails", "user_emails.user_key", "users.key")
    .where(whereOneOf(db, "user_emails.email_key", addresses))
    .select<ClaimRow[]>("user_emails.email_key as address", "users.directory as directory", "users.id as user");
  const found = new Map<string, Map<string, Claimant>>();
  for (const { address, directory, user } of [...byName, ...byEmail]) {
    const claimants = found.get(address) ?? new Map<string, Claimant>();
    claimants.set(user, { directory: directory as DirectoryId, user: user as DirectoryUserId });
    found.set(address, claimants);
  }
  const byId = (one: Claimant, other: Claimant): number => (one.user < other.user ? -1 : 1);
  return addresses.map((address) => [...(found.get(address)?.values() ?? [])].sort(byId));
}

function living(db: Knex): Knex.QueryBuilder {
  return db("users").whereNull("users.deleted_at").where("users.active", true);
}
