import { join } from "node:path";
import test from "ava";
import { StoreBusyError } from "../../src/domain/errors.ts";
import { connect } from "../../src/store/open.ts";
import { aFolder, openStoreAt } from "../support/store-files.ts";

test("whoever cannot have the lock for too long is told that the store is busy, and may write again later", async (t) => {
  const filename = join(await aFolder(t), "bridge.db");
  const store = await openStoreAt(t, filename);
  const other = connect("sqlite3", filename, "copy");
  t.teardown(() => other.destroy());
  await other.raw("begin immediate");
  await t.throwsAsync(store.probe(), { instanceOf: StoreBusyError });
  await other.raw("commit");
  await t.notThrowsAsync(store.probe());
});
