import type { Completeness, ObservedAccount } from "../../src/domain/account.ts";
import { ZERO_COUNTS } from "../../src/domain/plan.ts";
import type { Connector } from "../../src/ports/connector.ts";
import type { Lease, Leases } from "../../src/ports/leases.ts";
import type { Store } from "../../src/ports/store.ts";
import type { PersonRecord } from "../../src/ports/workspace.ts";
import { NO_LIMITS } from "../support/bridge.ts";
import { NOTHING_PLANTED, type Plant } from "./plant.ts";

type Policy = Parameters<NonNullable<Plant["settings"]>>[0]["policy"];

/** Changes the policy that the bridge believes in. */
const withPolicy = (parts: (policy: Policy) => Partial<Policy>): NonNullable<Plant["settings"]> => {
  return (settings) => ({ ...settings, policy: { ...settings.policy, ...parts(settings.policy) } });
};

/** Faults that are built into the bridge on purpose; the simulator has to find each of them. */
export const PLANTS: readonly Plant[] = [
  {
    name: "limits-off",
    what: "The limits of the configuration are not enforced.",
    settings: withPolicy(() => ({ limits: NO_LIMITS })),
  },
  {
    name: "protection-off",
    what: "The list of protected accounts is empty.",
    settings: withPolicy(() => ({ protected: { accounts: new Set(), minOwners: 1 } })),
  },
  {
    name: "intent-dropped",
    what: "A change is sent before its intent is in the journal.",
    store: (store) => ({ ...store, journal: { ...store.journal, intend: async () => undefined } }),
  },
  {
    name: "spending-forgotten",
    what: "What was spent of a limit in earlier runs is not counted.",
    store: (store) => ({ ...store, journal: { ...store.journal, spentSince: async () => ZERO_COUNTS } }),
  },
  {
    name: "link-dropped",
    what: "The link to an account that was just made is not written.",
    store: (store) => ({
      ...store,
      journal: { ...store.journal, settle: (lease, entry) => store.journal.settle(lease, entry, {}) },
    }),
  },
  {
    name: "offboarded-never-set",
    what: "That a leaver was read back as shut out is forgotten.",
    store: (store) => ({
      ...store,
      evidence: {
        ...store.evidence,
        putProof: (lease, proof, beside) =>
          store.evidence.putProof(lease, proof, { ...beside, link: { ...beside.link, offboardedAt: null } }),
      },
    }),
  },
  {
    name: "proof-dropped",
    what: "The proof of an offboarding is not kept.",
    store: (store) => ({
      ...store,
      evidence: { ...store.evidence, putProof: (lease, _proof, { link }) => store.links.put(lease, [link]) },
    }),
  },
  {
    name: "approvals-never-used-up",
    what: "An approval serves more than one run.",
    store: (store) => ({ ...store, holds: { ...store.holds, useApprovals: async () => undefined } }),
  },
  {
    name: "names-in-reports",
    what: "The report of a run names the people who failed.",
    store: (store) => ({
      ...store,
      journal: {
        ...store.journal,
        finishRun: (lease, run) =>
          store.journal.finishRun(lease, { ...run, report: { ...run.report, failed: ["p1@acme.example"] } }),
      },
    }),
  },
  {
    name: "deletion-lost",
    what: "A DELETE is acknowledged and not carried out.",
    store: (store) => ({
      ...store,
      write: (directory, work, announced) =>
        store.write(directory, (tx) => work({ ...tx, removeUser: async () => undefined }), announced),
    }),
  },
  {
    name: "statements-overlooked",
    what: "What the IdP says while a plan is carried out is not noticed.",
    store: overlookStatements,
  },
  {
    name: "leavers-overlooked",
    what: "Wake-ups are lost, and full runs leave out whoever has left.",
    store: (store) => ({
      ...store,
      wakes: { ...store.wakes, due: async () => [] },
      async openWorkspace() {
        const workspace = await store.openWorkspace();
        return {
          ...workspace,
          async *people() {
            for await (const page of workspace.people())
              yield page.filter(({ person }) => person.deletedAt === null && person.user.active);
          },
        };
      },
    }),
  },
  {
    name: "fencing-ignored",
    what: "Whoever lost the lease goes on writing.",
    scenario: { rivals: true, meanwhileRate: 90 },
    store: ignoreFencing,
  },
  {
    name: "page-ignored",
    what: "The last accounts of the product's list are overlooked, and the list is called complete.",
    connector: withPages((pages) => pages.flat().slice(0, -2), complete),
  },
  {
    name: "completeness-always-true",
    what: "A list that came short is called complete.",
    connector: withPages((pages) => pages.flat(), complete),
  },
  { name: "stale-listing", what: "The product's list is read once, and believed for ever.", connector: keepListing },
  {
    name: "strangers-adopted",
    what: "Accounts are linked by e-mail, whatever their role and state.",
    connector: withPages(
      (pages) =>
        pages
          .flat()
          .map(({ marker: _, ...account }) => ({ ...account, role: "member" as const, status: "active" as const })),
      (listed) => listed,
    ),
  },
  {
    name: "seats-uncounted",
    what: "The product's seats are all said to be free.",
    connector: (connector) => ({
      ...connector,
      async observe(signal) {
        const observation = await connector.observe(signal);
        const seats = new Map([...(observation.seats ?? [])].map(([seat]) => [seat, { total: 1_000, used: 0 }]));
        return { ...observation, seats };
      },
    }),
  },
  {
    name: "bookings-overlooked",
    what: "Upcoming bookings of leavers are not found.",
    connector: (connector) => ({ ...connector, bookings: nothing }),
  },
];

/** The plant of this name. Throws TypeError when there is none. */
export function findPlant(name: string): Plant {
  const found = [NOTHING_PLANTED, ...PLANTS].find((plant) => plant.name === name);
  if (found === undefined) throw new TypeError(`There is no plant "${name}": --list-plants names them.`);
  return found;
}

async function* nothing(): AsyncGenerator<never> {
  // nobody has any
}

function complete(listed: Completeness): Completeness {
  return { complete: true, accounts: listed.accounts };
}

/** Changes what a listing gives, and what is said of it. */
function withPages(
  change: (pages: readonly (readonly ObservedAccount[])[]) => readonly ObservedAccount[],
  judge: (listed: Completeness) => Completeness,
): NonNullable<Plant["connector"]> {
  return (connector: Connector) => ({
    ...connector,
    async observe(signal) {
      const observation = await connector.observe(signal);
      return {
        ...observation,
        pages: inOnePage(async () => change(await Array.fromAsync(observation.pages))),
        completeness: observation.completeness.then(judge),
      };
    },
  });
}

async function* inOnePage(read: () => Promise<readonly ObservedAccount[]>): AsyncGenerator<readonly ObservedAccount[]> {
  yield await read();
}

function keepListing(connector: Connector): Connector {
  let kept: readonly ObservedAccount[] | null = null;
  return {
    ...connector,
    async observe(signal) {
      const observation = await connector.observe(signal);
      return {
        ...observation,
        pages: inOnePage(async () => {
          const listed = (await Array.fromAsync(observation.pages)).flat();
          kept ??= listed;
          return kept;
        }),
      };
    },
  };
}

/** The version of a person is what it was when the plan was made. */
function overlookStatements(store: Store): Store {
  const planned = new Map<string, number>();
  const note = (page: readonly PersonRecord[]): readonly PersonRecord[] => {
    for (const { person } of page) planned.set(person.user.id, person.user.meta.version);
    return page;
  };
  return {
    ...store,
    read: (directory, work) =>
      store.read(directory, (tx) => work({ ...tx, versionOf: async (id) => planned.get(id) ?? tx.versionOf(id) })),
    async openWorkspace() {
      const workspace = await store.openWorkspace();
      return {
        ...workspace,
        async *people() {
          for await (const page of workspace.people()) yield note(page);
        },
        peopleById: async (ids) => note(await workspace.peopleById(ids)),
      };
    },
  };
}

/** Whatever is written under a lease is written under the newest one. */
function ignoreFencing(store: Store): Store {
  const renewed = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== "function") return value;
        return async (...[first, ...others]: readonly unknown[]) => {
          const [newest] = await store.journal.runs(1);
          const epoch = newest?.epoch;
          return Reflect.apply(
            value,
            target,
            isLease(first) && epoch !== undefined ? [{ ...first, epoch }, ...others] : [first, ...others],
          ) as unknown;
        };
      },
    });
  const { journal } = store;
  const { intend, settle, finishRun } = renewed(journal);
  const leases: Leases = { ...store.leases, renew: async () => undefined };
  return {
    ...store,
    leases,
    journal: { ...journal, intend, settle, finishRun },
    links: { ...store.links, put: renewed(store.links).put },
  };
}

function isLease(value: unknown): value is Lease {
  return typeof value === "object" && value !== null && "epoch" in value && "holder" in value;
}
