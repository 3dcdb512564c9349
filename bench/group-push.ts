import { askOnce, type LoadRequest } from "./load.ts";
import { personAt } from "./people.ts";
import { median } from "./statistics.ts";

const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** How long a PATCH that adds so many members to an empty group takes; milliseconds, the median of a few groups. */
export async function measureGroupPush(
  target: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
  members: number,
  rounds: number,
): Promise<number> {
  const ask = async (request: LoadRequest, status: number): Promise<string> => {
    const answer = await askOnce(target, request);
    if (answer.status !== status) throw new Error(`A group was answered with ${answer.status}: ${answer.body}`);
    return answer.body;
  };
  const value = Array.from({ length: members }, (_, index) => ({ value: personAt(index).id }));
  const body = { schemas: [PATCH], Operations: [{ op: "add", path: "members", value }] };
  const tookMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const group = { schemas: [GROUP], displayName: `Everybody ${round}` };
    const made = JSON.parse(await ask({ method: "POST", path: "/scim/v2/Groups", body: group }, 201)) as { id: string };
    const path = `/scim/v2/Groups/${made.id}?excludedAttributes=members`;
    const startMs = performance.now();
    await ask({ method: "PATCH", path, body }, 200);
    tookMs.push(performance.now() - startMs);
  }
  return median(tookMs);
}
