import { storeContract } from "../contracts/store.ts";
import { aStore } from "../support/store-files.ts";

storeContract("better-sqlite3", (t) => aStore(t, "better-sqlite3"));
