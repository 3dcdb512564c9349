import type { AccountLink } from "../../src/domain/account.ts";
import type { DirectoryUser, DirectoryUserId } from "../../src/domain/directory.ts";
import { ENTERPRISE_URN } from "../support/scim-users.ts";
import type { Staged } from "./directory-model.ts";
import type { Account } from "./product.ts";
import type { WriteOracle, RunInSight } from "./write-oracle.ts";
import type { World } from "./world.ts";

/** What the oracle looks at whenever a run has ended. */
export interface StateOracle {
  check(run: RunInSight): Promise<void>;
  /** Links by user, as they were last read. */
  links(): ReadonlyMap<string, AccountLink>;
}

/** Begins with what the product held before the bridge came. */
export function createStateOracle(world: World, writes: WriteOracle, noteLinks: (count: number) => void): StateOracle {
  let links: ReadonlyMap<string, AccountLink> = new Map();
  const everLinked = new Set<string>();
  let readLog = 0;

  return {
    links: () => links,
    async check(run) {
      links = await readLinks(world);
      noteLinks(links.size);
      await expectAcknowledged(world);
      expectOneToOne(world, links);
      for (const [user, link] of links) {
        // Whoever comes back takes over the link of the one they were: that is no first contact.
        if (!everLinked.has(link.account)) expectAdoptable(world, user, link, writes, run);
        everLinked.add(link.account);
      }
      expectSeats(world);
      expectMails(world);
      readLog = expectDiscretion(world, readLog);
    },
  };
}

/** Whoever was pushed; whom nobody acknowledged is linked to nobody the oracle knows. */
async function readLinks({ observer, directory }: World): Promise<ReadonlyMap<string, AccountLink>> {
  const links = new Map<string, AccountLink>();
  for (const id of directory.users.keys()) {
    const link = await observer.links.get(id as DirectoryUserId);
    if (link !== undefined) links.set(id, link);
  }
  return links;
}

/** I1: what was acknowledged can be read back. */
async function expectAcknowledged({ observer, directory, broken }: World): Promise<void> {
  for (const staged of directory.users.values()) {
    if (staged.isUnsure) continue;
    const read = await observer.read(staged.directory, (tx) => tx.user(staged.id as DirectoryUserId));
    if ((read === undefined) !== staged.isDeleted)
      broken("I1", `user ${staged.id} is ${read === undefined ? "gone" : "there"}, against what was acknowledged`);
    if (read !== undefined && !staged.isDeleted) expectSaid(staged, read, broken);
  }
}

function expectSaid(
  { id, said }: Staged,
  { active, userName, externalId, resource }: DirectoryUser,
  broken: World["broken"],
): void {
  const enterprise = resource[ENTERPRISE_URN] as { readonly department?: string } | undefined;
  const emails = resource["emails"] as readonly { readonly value?: string }[] | undefined;
  const read = {
    active,
    userName,
    externalId: externalId ?? null,
    email: emails?.[0]?.value,
    displayName: resource["displayName"],
    department: enterprise?.department,
    title: resource["title"],
    userType: resource["userType"],
  };
  for (const [name, value] of Object.entries(read)) {
    const acknowledged = said[name as keyof typeof read];
    if (value !== acknowledged)
      broken(
        "I1",
        `${name} of user ${id} reads back as ${JSON.stringify(value)}, acknowledged was ${JSON.stringify(acknowledged)}`,
      );
  }
}

/** I2: an account has one person at most. */
function expectOneToOne({ broken }: World, links: ReadonlyMap<string, AccountLink>): void {
  const owners = new Map<string, string>();
  for (const [user, { account }] of links) {
    const other = owners.get(account);
    if (other !== undefined) broken("I2", `account ${account} is linked to ${other} and ${user}`);
    owners.set(account, user);
  }
}

/** P7: what may be adopted, and that first contact changed nothing that matters. */
function expectAdoptable(world: World, user: string, link: AccountLink, writes: WriteOracle, run: RunInSight): void {
  const { directory, product, broken } = world;
  const account = product.account(link.account);
  if (writes.made.has(link.account) || account === undefined) return;
  if (run.editedSince.has(link.account)) return;
  const staged = directory.users.get(user);
  if (account.role !== "member") broken("P7", `the account of an ${account.role} was adopted: ${account.email}`);
  if (
    staged !== undefined &&
    account.email !== staged.said.email.toLowerCase() &&
    run.statements.get(user) === staged.statements
  )
    broken("P7", `${account.email} was adopted by somebody with another e-mail`);
  if (account.status === "deactivated") broken("P7", `a deactivated account was adopted: ${account.email}`);
  if (run.renamed.has(account.id)) broken("P7", `first contact changed the e-mail of ${account.email}`);
  if (isOfAnotherBridge(account)) broken("P7", `the account of another bridge was adopted: ${account.email}`);
  if (run.isSpoiled) broken("listing", `${account.email} was adopted by a run whose listing was not complete`);
}

function isOfAnotherBridge({ externalRef }: Account): boolean {
  return externalRef?.startsWith("other-bridge/") === true;
}

/** I11. */
function expectSeats({ product, broken }: World): void {
  for (const { id, used } of product.pools()) {
    const holders = product.accounts().filter(({ seat }) => seat === id).length;
    if (holders !== used) broken("I11", `${used} seats of ${id} are counted, ${holders} are held`);
  }
}

/** Nobody is told twice about one booking. */
function expectMails({ product, broken }: World): void {
  const told = new Set<string>();
  for (const name of product.mails()) {
    if (told.has(name)) broken("guests", `a guest was told twice: ${name}`);
    told.add(name);
  }
}

const PERSONAL = /canary|@acme\.example|@guest\.example|Bearer /i;

/** I9: logs name nobody. Returns how far they were read. */
function expectDiscretion({ log, broken }: World, from: number): number {
  for (const line of log.slice(from)) {
    const text = `${line.event} ${JSON.stringify(line.fields)}`;
    if (PERSONAL.test(text)) broken("I9", `a log line names somebody: ${text}`);
  }
  return log.length;
}

/** I9: nor do the reports of runs and the audit log. Read once, at the end. */
export async function expectDiscreetRecords({ observer, broken }: World): Promise<void> {
  for (const { id, report } of await observer.journal.runs(1_000)) {
    if (PERSONAL.test(JSON.stringify(report)))
      broken("I9", `the report of run ${id} names somebody: ${JSON.stringify(report)}`);
  }
  const rows = await observer.evidence.auditRows({ after: null, since: null, until: null, limit: 10_000 });
  for (const { sequence, action, subject, detail } of rows) {
    const text = JSON.stringify([action, subject, detail]);
    if (PERSONAL.test(text)) broken("I9", `row ${sequence} of the audit log names somebody: ${text}`);
  }
  const { broken: gap } = await observer.evidence.checkAudit(null, 10_000);
  if (gap !== null) broken("audit", `the audit chain is broken: ${gap.kind} at ${gap.sequence}`);
}
