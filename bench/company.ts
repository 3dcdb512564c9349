import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AccountId, AccountLink, Seat } from "../src/domain/account.ts";
import type { DirectoryId, DirectoryUser, DirectoryUserId } from "../src/domain/directory.ts";
import type { Instant } from "../src/domain/brand.ts";
import type { JsonObject } from "../src/domain/json.ts";
import type { DirectoryWriteTx } from "../src/ports/directory-tx.ts";
import { openBridgeOf } from "./bridge-process.ts";
import { startServer, type ServerChild } from "./children.ts";
import {
  DEPARTMENTS,
  DIRECTORY,
  displayNameOf,
  DOMAIN,
  personAt,
  PRODUCT_TOKEN,
  TIME_ZONE,
  toPost,
  type BenchPerson,
} from "./people.ts";
import type { ProductCalls, ProductInput } from "./product-server.ts";

const STAGED_AT = "2026-01-01T00:00:00.000Z" as Instant;
const PEOPLE_PER_UNIT = 1_000;
const LEASE_MS = 60 * 60 * 1_000;
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** What may differ between the bridges of two measurements. */
export interface BridgeSettings {
  readonly productUrl: string;
  /** How long a push waits for others before the push lane takes it; a minute keeps the lane out of a measurement. */
  readonly debounce?: string;
  readonly mode?: "observe" | "full";
  /** Accounts that may be made in 24 h; plenty unless told. */
  readonly creations?: number;
  /** Requests a minute that the product allows; no limit unless told. */
  readonly perMinute?: number;
}

/** A bridge's folder: configuration, store, and a token of its directory. */
export interface Place {
  readonly folder: string;
  readonly configFile: string;
  readonly storeFile: string;
  readonly token: string;
}

/** Companies that are in sync, made once for each size and copied for each measurement. */
export interface Companies {
  /** A copy of the company of `people`, with a configuration of its own. */
  place(name: string, people: number, settings: BridgeSettings): Promise<Place>;
}

/** Makes companies in folders below `root`. */
export function createCompanies(root: string): Companies {
  const made = new Map<number, Promise<Place>>();
  return {
    async place(name, people, settings) {
      const original = made.get(people) ?? makeCompany(join(root, `company-${people}`), people);
      made.set(people, original);
      const { storeFile: from, token } = await original;
      const place = await preparePlace(join(root, name), settings);
      await copyFile(from, place.storeFile);
      return { ...place, token };
    },
  };
}

/** A product in a process of its own, in which everybody of a company has their account. */
export interface Product extends ServerChild {
  /** Requests since the last time this was asked. */
  takeCalls(): Promise<ProductCalls>;
  /** When requests came since the last time this was asked; milliseconds, in order. */
  takeTimes(): Promise<readonly number[]>;
}

/** Starts the product of a company of this size. */
export async function startProduct(people: number): Promise<Product> {
  const input: ProductInput = { people };
  const server = await startServer("product-server.ts", input);
  return {
    ...server,
    async takeCalls() {
      const response = await fetch(`${server.url}/calls`);
      return (await response.json()) as ProductCalls;
    },
    async takeTimes() {
      const response = await fetch(`${server.url}/times`);
      return (await response.json()) as readonly number[];
    },
  };
}

/** Everything goes through the ports, so that the rows are those that the bridge itself would have left. */
async function makeCompany(folder: string, people: number): Promise<Place> {
  const place = await preparePlace(folder, { productUrl: "http://127.0.0.1:9" });
  const bridge = await openBridgeOf(place.configFile);
  try {
    const { store, services, ambient } = bridge;
    await services.mappings.current();
    const { token } = await services.tokens.create({
      scope: "scim",
      directory: DIRECTORY as DirectoryId,
      expiresInMs: null,
      author: "bench",
    });
    const lease = await store.leases.acquire("sandbox", "bench", ambient.clock.now(), LEASE_MS, () => false);
    if (lease === null) throw new Error("Nobody else can have the lease of a new store.");
    for (let start = 0; start < people; start += PEOPLE_PER_UNIT) {
      const length = Math.min(PEOPLE_PER_UNIT, people - start);
      const persons = Array.from({ length }, (_, offset) => personAt(start + offset));
      await store.write(DIRECTORY as DirectoryId, (tx) => stage(tx, persons));
      await store.links.put(lease, persons.map(toLink));
    }
    await store.leases.release(lease);
    return { ...place, token };
  } finally {
    await bridge.close();
  }
}

async function stage(tx: DirectoryWriteTx, persons: readonly BenchPerson[]): Promise<void> {
  for (const person of persons) {
    const user = toStaged(person);
    await tx.putUser(user, null);
    const detail = { directory: DIRECTORY, version: 1, active: true };
    await tx.audit({ at: STAGED_AT, actor: "token:bench", action: "user.created", subject: user.id, detail });
  }
}

/** As the bridge itself would have staged them: everything that was posted but the schemas. */
function toStaged(person: BenchPerson): DirectoryUser {
  const { schemas: _, ...resource } = toPost(person);
  return {
    id: person.id as DirectoryUserId,
    directory: DIRECTORY as DirectoryId,
    externalId: person.externalId,
    userName: person.userName,
    active: true,
    resource,
    meta: { created: STAGED_AT, lastModified: STAGED_AT, version: 1 },
  };
}

function toLink(person: BenchPerson): AccountLink {
  const { id, account, userName: email, givenName, familyName, department } = person;
  return {
    user: id as DirectoryUserId,
    account: account as AccountId,
    origin: "created",
    linkedAt: STAGED_AT,
    applied: { email, displayName: displayNameOf(person), givenName, familyName, timezone: TIME_ZONE },
    offboardedAt: null,
    entitlements: { seat: "standard" as Seat, groups: [department] },
    repairs: {},
  };
}

/** A folder with a configuration and no store yet. */
export async function preparePlace(folder: string, settings: BridgeSettings): Promise<Omit<Place, "token">> {
  await mkdir(folder, { recursive: true });
  const configFile = join(folder, "sync.config.json");
  await writeFile(configFile, JSON.stringify(toConfig(settings)), { mode: 0o600 });
  return { folder, configFile, storeFile: join(folder, "rosterbridge.db") };
}

function toConfig({ productUrl, debounce = "60s", mode = "full", creations, perMinute }: BridgeSettings): JsonObject {
  const plenty = { floor: 1_000, max: 10_000, percent: 100 };
  const rateLimit = perMinute === undefined ? {} : { rateLimit: { perMinute } };
  return {
    server: { host: "127.0.0.1", port: 0 },
    database: { client: "sqlite3", filename: "./rosterbridge.db" },
    directories: [{ id: DIRECTORY, kind: "okta", verifiedDomains: [DOMAIN] }],
    product: { connector: "sandbox", baseUrl: productUrl, token: PRODUCT_TOKEN, ...rateLimit },
    mode,
    // Once a year: a full run by the clock must not fall into a measurement.
    schedule: { full: "0 0 1 1 *", timezone: "UTC", debounce },
    mapping: {
      source: "store",
      initial: {
        groups: {
          rules: [
            {
              attribute: `${ENTERPRISE}:department`,
              values: Object.fromEntries(DEPARTMENTS.map((name) => [name, name])),
            },
            { when: 'title co "Manager" and userType eq "Contractor"', group: "Contractors who manage" },
          ],
        },
      },
    },
    limits: {
      deactivate: plenty,
      cancelBookings: plenty,
      removeFromGroup: plenty,
      releaseSeat: plenty,
      update: plenty,
      create: creations === undefined ? plenty : { floor: creations, max: creations, percent: null },
    },
  };
}
