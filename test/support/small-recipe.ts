/** Parts of a recipe that a test replaces; those of `account` and `operations` are added. */
export interface RecipeParts {
  readonly [key: string]: unknown;
  readonly account?: object;
  readonly operations?: object;
}

/** The text of the smallest useful recipe, with parts of its own. */
export function smallRecipe({ account, operations, ...parts }: RecipeParts = {}): string {
  return JSON.stringify({
    version: 1,
    name: "small",
    auth: { type: "none" },
    profile: { email: { update: false } },
    account: { id: "=id", email: "=email", ...account },
    operations: { listAccounts: { request: { path: "users" }, items: "=users" }, ...operations },
    ...parts,
  });
}
