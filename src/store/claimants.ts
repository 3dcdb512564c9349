import type { Knex } from "knex";
import type { DirectoryId } from "../domain/directory.ts";
import { foldCase } from "../scim/fold-case.ts";
import { whereOneOf } from "./dialect.ts";

interface ClaimRow {
  readonly address: string;
  readonly directory: string;
}

/** Per address, in the order asked, the directories in which somebody active has it as userName or e-mail. */
export async function claimantsOf(db: Knex, emails: readonly string[]): Promise<readonly (readonly DirectoryId[])[]> {
  const addresses = emails.map(foldCase);
  const byName = await living(db)
    .where(whereOneOf(db, "users.user_name_key", addresses))
    .distinct<ClaimRow[]>("users.user_name_key as address", "users.directory as directory");
  const byEmail = await living(db)
    .join("user_emails", "user_emails.user_key", "users.key")
    .where(whereOneOf(db, "user_emails.email_key", addresses))
    .distinct<ClaimRow[]>("user_emails.email_key as address", "users.directory as directory");
  const found = new Map<string, Set<DirectoryId>>();
  for (const { address, directory } of [...byName, ...byEmail]) {
    const directories = found.get(address) ?? new Set();
    found.set(address, directories.add(directory as DirectoryId));
  }
  return addresses.map((address) => [...(found.get(address) ?? [])]);
}

function living(db: Knex): Knex.QueryBuilder {
  return db("users").whereNull("users.deleted_at").where("users.active", true);
}
