import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./generated/admin-api.d.ts";

/** A client whose types were made from the OpenAPI document: a request or an answer that it lacks does not compile. */
export type AdminClient = Client<paths>;

/** A client with this token. */
export function adminClient(url: string, token: string): AdminClient {
  return createClient<paths>({ baseUrl: `${url}/admin/v1`, headers: { Authorization: `Bearer ${token}` } });
}

type Call<T> = Promise<{ readonly data?: T; readonly error?: unknown; readonly response: Response }>;

/** What was answered as JSON; throws when it was a problem. */
export async function answered<T>(call: Call<T>): Promise<Exclude<T, string>> {
  const { data, error, response } = await call;
  if (data === undefined || typeof data === "string")
    throw new Error(`${response.status} ${response.url}: ${JSON.stringify(error)}`);
  return data as Exclude<T, string>;
}
