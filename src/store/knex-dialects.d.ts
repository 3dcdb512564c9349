// knex ships no types for its dialect classes. What is declared here is what this folder overrides, and no more.

declare module "knex/lib/dialects/sqlite3/index.js" {
  import type { Knex } from "knex";

  /** One statement on its way through knex. */
  export interface QueryObject {
    sql: string;
    bindings?: readonly unknown[];
    method?: string;
    returning?: unknown;
    response?: unknown;
    context?: unknown;
  }

  export default class Client_SQLite3 extends Knex.Client {
    override destroyRawConnection(connection: unknown): Promise<void>;
    _query(connection: unknown, query: QueryObject): Promise<QueryObject>;
  }
}

declare module "knex/lib/dialects/better-sqlite3/index.js" {
  import Client_SQLite3 from "knex/lib/dialects/sqlite3/index.js";

  export default class Client_BetterSQLite3 extends Client_SQLite3 {}
}
