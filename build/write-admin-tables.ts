/** Writes the tables into `docs/admin-api.md`; a test says when they have to be written again. */
import { readAdminPage, withAdminTables, writeAdminPage } from "./admin-tables.ts";

writeAdminPage(withAdminTables(readAdminPage()));
