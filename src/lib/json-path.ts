/** Steps from the root of a JSON document to one value in it. */
export type Path = readonly PropertyKey[];

/** A path as people write it: `directories[0].verifiedDomains`; the root is the empty string. */
export function formatPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[\w$-]+$/.test(String(step))) text += text === "" ? String(step) : `.${String(step)}`;
    else text += `[${JSON.stringify(String(step))}]`;
  }
  return text;
}
