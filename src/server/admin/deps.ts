import type { Services } from "../../engine/services.ts";
import type { Ambient } from "../../ports/ambient.ts";

/** What the routes of the admin API work with. */
export interface AdminDeps {
  readonly services: Services;
  readonly ambient: Pick<Ambient, "clock" | "log">;
  /** Of the program, for the OpenAPI document. */
  readonly version: string;
}
