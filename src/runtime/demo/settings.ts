import type { JsonObject } from "../../domain/json.ts";
import { GROUP_OF } from "./company.ts";

/** One fewer than there are people, so that somebody waits for a seat until somebody leaves. */
export const SEATS = 24;

/** The configuration of the demonstration: like the example file, on free ports, for three departments. */
export function demoSettings(productUrl: string, token: string): JsonObject {
  return {
    server: { host: "127.0.0.1", port: 0 },
    database: { client: "sqlite3", filename: "./rosterbridge.db" },
    directories: [{ id: "acme-okta", name: "Acme (Okta)", kind: "okta", verifiedDomains: ["acme.example"] }],
    product: { connector: "sandbox", baseUrl: productUrl, token },
    mode: "full",
    schedule: { full: "*/15 * * * *", timezone: "UTC", debounce: "500ms" },
    mapping: {
      source: "store",
      initial: {
        groups: {
          rules: [
            {
              attribute: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
              values: { ...GROUP_OF },
              unmapped: "report",
            },
          ],
        },
      },
    },
    leavers: {
      bookings: {
        action: "cancel",
        reason: "Your host is no longer available. Please book again at https://acme.example/meet.",
      },
    },
    protected: { accounts: ["owner@acme.example"], minOwners: 1 },
  };
}
