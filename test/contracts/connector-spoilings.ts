import type { JsonValue } from "../../src/domain/json.ts";
import type { SpoiltAnswer } from "../twins/kit/spoiler.ts";

/** The first half of the bytes. */
export function halved(answer: SpoiltAnswer): SpoiltAnswer {
  return { ...answer, body: answer.body.slice(0, answer.body.length >> 1) };
}

/** Every list without its items, and everything beside the lists as it was: totals, too. */
export function emptied(answer: SpoiltAnswer): SpoiltAnswer {
  return changed(answer, (value) => (Array.isArray(value) ? [] : value));
}

/** One id in place of another, wherever it stands: as a text, as a number, or as the end of an address. */
export function withBadIds(answer: SpoiltAnswer, id: string, bad: string): SpoiltAnswer {
  const last = id.slice(id.lastIndexOf("/") + 1);
  return changed(answer, (value) => {
    if (value === id || value === last || (typeof value === "number" && String(value) === last)) return bad;
    return typeof value === "string" && value.endsWith(`/${last}`) ? `${value.slice(0, -last.length)}${bad}` : value;
  });
}

/** Links to the next page lead below `to` instead of below `from`; those of a Link header (RFC 8288), too. */
export function misdirected(answer: SpoiltAnswer, from: string, to: string): SpoiltAnswer {
  const turn = (text: string): string => text.replaceAll(from, to);
  const { link } = answer.headers;
  const headers = link === undefined ? answer.headers : { ...answer.headers, link: turn(link) };
  return changed({ ...answer, headers }, (value) => (typeof value === "string" ? turn(value) : value));
}

/** The body with each value, arrays included, as `change` wants it; what is no JSON stays. */
function changed(answer: SpoiltAnswer, change: (value: JsonValue) => JsonValue): SpoiltAnswer {
  if (answer.body === "" || !/json/.test(answer.headers["content-type"] ?? "")) return answer;
  return { ...answer, body: JSON.stringify(walk(JSON.parse(answer.body) as JsonValue, change)) };
}

function walk(value: JsonValue, change: (value: JsonValue) => JsonValue): JsonValue {
  const next = change(value);
  if (Array.isArray(next)) return next.map((item: JsonValue) => walk(item, change));
  if (typeof next !== "object" || next === null) return next;
  return Object.fromEntries(Object.entries(next).map(([key, item]) => [key, walk(item ?? null, change)]));
}
