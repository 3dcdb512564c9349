import type { Knex } from "knex";
import type { DirectoryId } from "../domain/directory.ts";
import type { Ambient } from "../ports/ambient.ts";
import type { DirectoryReadTx } from "../ports/directory-tx.ts";
import type { Store } from "../ports/store.ts";
import type { Workspace } from "../ports/workspace.ts";
import { createAlerts } from "./alerts.ts";
import { createCensus } from "./census.ts";
import { openDatabase, type Database } from "./database.ts";
import { createDirectoryReader } from "./directory-read.ts";
import { createDirectoryWriter } from "./directory-write.ts";
import { createErasures } from "./erasures.ts";
import { createEvidence } from "./evidence.ts";
import { createGatheredUsers } from "./gathered-users.ts";
import { flushEffects } from "./group-effects.ts";
import { createHolds } from "./holds.ts";
import { createJournal } from "./journal.ts";
import { createLeases } from "./leases.ts";
import { createLinks } from "./links.ts";
import { createMappings } from "./mappings.ts";
import type { Driver } from "./open.ts";
import { reading } from "./reading.ts";
import { createRestorations } from "./restorations.ts";
import { createRetention } from "./retention.ts";
import { closedError } from "./store-errors.ts";
import { createTokens } from "./tokens.ts";
import { createWakes } from "./wakes.ts";
import { createWorkspace } from "./workspace.ts";
import { createWriteQueue, type WriteQueue } from "./write-queue.ts";

/** How a store is opened. */
export interface StoreOptions {
  /** Path of the database file; it and its folder are made when they are not there. */
  readonly filename: string;
  readonly ambient: Ambient;
  /** `sqlite3` unless it is set. */
  readonly client?: Driver;
}

/**
 * Opens the store in one file, and brings its schema up to date. Other processes may have it open too.
 *
 * Throws StoreUnavailableError when the file cannot be used safely, saying what to do; StoreBusyError when another
 * process holds its lock.
 */
export async function openStore({ filename, ambient, client = "sqlite3" }: StoreOptions): Promise<Store> {
  const database = await openDatabase(client, filename);
  const { reader, writer, version } = database;
  ambient.log.info("store.opened", { driver: client, version });
  const queue = createWriteQueue(writer, (trx, effects, heads) =>
    flushEffects(trx, effects, ambient.clock.now(), heads),
  );
  const reads = createReads(reader);
  const workspaces = createWorkspaces(database);
  return {
    read: (directory, work) => reading(() => work(reads(directory))),
    write: (directory, work, announced = {}) =>
      queue.submit((unit) => work(createDirectoryWriter(unit, directory)), { ...announced, directory }),
    leases: createLeases(queue),
    journal: createJournal(reader, queue),
    links: createLinks(reader, queue),
    wakes: createWakes(reader, queue),
    holds: createHolds(reader, queue),
    tokens: createTokens(reader, queue),
    alerts: createAlerts(reader, queue),
    mappings: createMappings(reader, queue),
    evidence: createEvidence(reader, queue),
    census: createCensus(reader),
    restorations: createRestorations(reader, queue),
    erasures: createErasures(database, queue),
    retention: createRetention(reader, queue),
    openWorkspace: () => workspaces.open(),
    probe: createProbe(queue),
    describe: () => ({ driver: client, version, location: filename }),
    close: createClose(database, queue, workspaces),
  };
}

/**
 * Reads one directory. Single users are looked up together with those that other requests ask for; a list takes several
 * statements, which see one state.
 */
function createReads(reader: Knex): (directory: DirectoryId) => DirectoryReadTx {
  const gathered = createGatheredUsers(reader);
  const inSnapshot = async <T>(directory: DirectoryId, ask: (tx: DirectoryReadTx) => Promise<T>): Promise<T> => {
    const trx = await reader.transaction();
    try {
      return await ask(createDirectoryReader(() => trx, directory, "fresh"));
    } finally {
      await trx.commit();
    }
  };
  return (directory) => ({
    ...createDirectoryReader(() => reader, directory, "fresh"),
    ...gathered.in(directory),
    people: (query) => gathered.byName(directory, query) ?? inSnapshot(directory, (tx) => tx.people(query)),
    groups: (query) => inSnapshot(directory, (tx) => tx.groups(query)),
  });
}

/** Really writes, since a full disk shows nowhere else; those who ask at the same time share one answer. */
function createProbe(queue: WriteQueue): () => Promise<void> {
  let asked: Promise<void> | null = null;
  const ask = (): Promise<void> =>
    queue.submit(async (unit) => {
      const db = await unit.writing();
      await db("counters").where({ name: "probe" }).increment("value", 1);
    });
  return () => {
    asked ??= ask().finally(() => {
      asked = null;
    });
    return asked;
  };
}

interface Workspaces {
  open(): Promise<Workspace>;
  /** Closes those that are open; no other can be opened then. */
  close(): Promise<void>;
}

function createWorkspaces(database: Database): Workspaces {
  const openOnes = new Set<Workspace>();
  let closed = false;
  return {
    async open() {
      if (closed) throw closedError();
      const workspace = createWorkspace(database.openPrivate(), () => openOnes.delete(workspace));
      openOnes.add(workspace);
      return workspace;
    },
    async close() {
      closed = true;
      await Promise.all([...openOnes].map((workspace) => workspace.close()));
    },
  };
}

function createClose(database: Database, queue: WriteQueue, workspaces: Workspaces): () => Promise<void> {
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await Promise.all([queue.close(), workspaces.close()]);
    await database.close();
  };
  return () => {
    closing ??= close();
    return closing;
  };
}
