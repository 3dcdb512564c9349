import { storeContract } from "../contracts/store.ts";
import { aStore } from "../support/store-files.ts";

// Each driver in a file, and so a process, of its own: the other one blocks the event loop while SQLite works.
storeContract("sqlite3", (t) => aStore(t, "sqlite3"));
