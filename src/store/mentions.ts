import type { Knex } from "knex";
import { searchedText, withoutTexts } from "../domain/erased-text.ts";
import type { ErasureOrder, Mentions } from "../ports/erasures.ts";
import { fromAuditRow, type AuditRow } from "./audit-log.ts";
import { whereOneOf } from "./dialect.ts";

/** Looks for texts of a person where they do not belong to the person's own records. */
export async function findMentions(db: Knex, texts: readonly string[], lives: readonly string[]): Promise<Mentions> {
  const holds = (column: string): Knex.Raw => holdsOneOf(db, column, texts);
  const audit = await db<AuditRow>("audit")
    .whereRaw("instr(detail, '\"reason\"') > 0")
    .whereNull("erased")
    .where(holds("detail"))
    .orderBy("sequence")
    .select();
  // Of other people's changes only a handed-over booking names anybody else: whoever it was handed to.
  const handedOver = await db("journal")
    .whereRaw(`change_key like '["reassign-booking",%'`)
    .where(holds("change"))
    .orderBy("sequence")
    .select<{ sequence: number }[]>("sequence");
  const versions = await db("mapping_versions")
    .where(holds("document"))
    .orderBy("version")
    .select<{ version: number; document: string }[]>("version", "document");
  const people = await db("users")
    .whereNot(whereOneOf(db, "id", lives))
    .where(holds("resource"))
    .select<{ resource: string }[]>("resource");
  return {
    audit: audit.filter(({ detail }) => namesOneOf(detail, texts)).map(fromAuditRow),
    handedOver: handedOver.map(({ sequence }) => sequence),
    mappingVersions: versions.filter(({ document }) => namesOneOf(document, texts)).map(({ version }) => version),
    people: people.filter(({ resource }) => namesOneOf(resource, texts)).length,
  };
}

/** Takes texts out of what other people's records say beside, and out of reasons that somebody wrote down. */
export async function replaceMentions(
  db: Knex,
  { texts, handedOver }: Pick<ErasureOrder, "texts" | "handedOver">,
): Promise<void> {
  if (texts.length === 0) return;
  // The journal is long: what may be concerned was looked for beforehand, beside the write queue.
  await replaceIn(db, texts, "journal", "sequence", "change", whereOneOf(db, "sequence", handedOver));
  await replaceIn(db, texts, "held", "sequence", "detail");
  await replaceIn(db, texts, "approvals", "sequence", "reason");
  await replaceIn(db, texts, "releases", "sequence", "reason");
  await replaceIn(db, texts, "mapping_versions", "version", "reason");
}

async function replaceIn(
  db: Knex,
  texts: readonly string[],
  table: string,
  key: string,
  column: string,
  only: Knex.Raw = db.raw("1 = 1"),
): Promise<void> {
  const rows = await db(table)
    .where(only)
    .where(holdsOneOf(db, column, texts))
    .select<Record<string, string | number>[]>(key, column);
  const forms = texts.map(inJson);
  for (const row of rows) {
    const text = String(row[column]);
    const replaced = withoutTexts(text, [...texts, ...forms]);
    if (replaced !== text)
      await db(table)
        .where(key, row[key] ?? null)
        .update({ [column]: replaced });
  }
}

/** May be true of a text that only holds it as part of a longer word. */
function holdsOneOf(db: Knex, column: string, texts: readonly string[]): Knex.Raw {
  const wanted = JSON.stringify(texts.flatMap((text) => [searchedText(text), searchedText(inJson(text))]));
  return db.raw("exists (select 1 from json_each(?) as wanted where instr(lower(??), wanted.value) > 0)", [
    wanted,
    column,
  ]);
}

function namesOneOf(json: string, texts: readonly string[]): boolean {
  return withoutTexts(json, texts.map(inJson)) !== json;
}

/** A text as it stands inside a string of JSON. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
