import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { JsonObject } from "../domain/json.ts";
import type { MappingVersion, Mappings } from "../ports/records.ts";
import { reading } from "./reading.ts";
import type { WriteQueue } from "./write-queue.ts";

interface MappingRow {
  readonly version: number;
  readonly document: string;
  readonly author: string;
  readonly reason: string;
  readonly saved_at: string;
}

/** Versions of the mapping as rows; none is changed or taken away. */
export function createMappings(reader: Knex, queue: WriteQueue): Mappings {
  return {
    current: () =>
      reading(async () => {
        const row = await newest(reader);
        return row === undefined ? undefined : fromRow(row);
      }),
    save: (document, author, reason, at) =>
      queue.submit(async (unit) => {
        const before = await newest(await unit.reading());
        const db = await unit.writing();
        const version = (before?.version ?? 0) + 1;
        await db<MappingRow>("mapping_versions").insert({
          version,
          document: JSON.stringify(document),
          author,
          reason,
          saved_at: at,
        });
        return { version, document, author, reason, savedAt: at };
      }),
  };
}

async function newest(db: Knex): Promise<MappingRow | undefined> {
  const [row] = await db<MappingRow>("mapping_versions").orderBy("version", "desc").limit(1).select();
  return row;
}

function fromRow(row: MappingRow): MappingVersion {
  return {
    version: row.version,
    document: JSON.parse(row.document) as JsonObject,
    author: row.author,
    reason: row.reason,
    savedAt: row.saved_at as Instant,
  };
}
