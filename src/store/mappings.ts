import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { JsonObject } from "../domain/json.ts";
import { MappingChangedError } from "../domain/mapping-errors.ts";
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
    newest: () =>
      reading(async () => {
        const [row] = await reader<MappingRow>("mapping_versions")
          .orderBy("version", "desc")
          .limit(1)
          .select("version");
        return row?.version ?? null;
      }),
    find: (version) =>
      reading(async () => {
        const [row] = await reader<MappingRow>("mapping_versions").where({ version }).select();
        return row === undefined ? undefined : fromRow(row);
      }),
    history: (before, limit) =>
      reading(async () => {
        const rows = reader<MappingRow>("mapping_versions").orderBy("version", "desc").limit(limit);
        if (before !== null) void rows.where("version", "<", before);
        return (await rows.select()).map(fromRow);
      }),
    save: (saved, audit) =>
      queue.submit(async (unit) => {
        const { version, document, author, reason, savedAt } = saved;
        const before = await newest(await unit.reading());
        if (version !== (before?.version ?? 0) + 1) throw new MappingChangedError(`v${version - 1}`, null);
        const db = await unit.writing();
        await db<MappingRow>("mapping_versions").insert({
          version,
          document: JSON.stringify(document),
          author,
          reason,
          saved_at: savedAt,
        });
        unit.audit(audit);
        return saved;
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
