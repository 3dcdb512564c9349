import test from "ava";
import { readAdminPage, withAdminTables } from "../../../build/admin-tables.ts";

test("the tables of docs/admin-api.md are fresh: otherwise run node build/write-admin-tables.ts", (t) => {
  const page = readAdminPage();
  t.is(page, withAdminTables(page));
  t.regex(page, /`POST \/plans\/\{digest\}\/apply` +\| `admin` +\|/);
  t.regex(page, /`GET \/people` +\| `admin`, `read` +\|/);
});

test("a page without marks gets no tables", (t) => {
  t.throws(() => withAdminTables("# Admin API\n"), { message: /no marks for the table of routes/ });
});
