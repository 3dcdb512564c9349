import { parseArgs } from "node:util";

/** What `npm run simulate` is asked for. */
export interface Options {
  readonly from: number;
  readonly seeds: number;
  /** One seed, told in full; null: many. */
  readonly replay: number | null;
  readonly jobs: number;
  readonly plant: string;
  readonly product: string;
  readonly listPlants: boolean;
  readonly help: boolean;
}

/** How it is used. */
export const HELP = `Plays random histories of a company, its IdP, its product and a bridge that is killed and lied to,
and checks after each run that nothing was broken (the invariants I1 to I11).

  npm run simulate                       10,000 histories
  npm run simulate -- --seed N           one of them, with everything that happened in it
  npm run simulate -- --seeds 500        so many
                      --from N           beginning with this seed (1 unless told)
                      --jobs N           in so many processes (one for each core unless told)
                      --plant NAME       with a fault built into the bridge, which has to be found
                      --product NAME    with another product than the sandbox
                      --list-plants      the names of these faults
`;

/** Reads the arguments. Throws TypeError for those that are none. */
export function parseOptions(args: readonly string[], cores: number): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: "10000" },
      from: { type: "string", default: "1" },
      seed: { type: "string" },
      jobs: { type: "string", default: String(cores) },
      plant: { type: "string", default: "none" },
      product: { type: "string", default: "sandbox" },
      "list-plants": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return {
    from: wholeNumber("--from", values.from),
    seeds: wholeNumber("--seeds", values.seeds),
    replay: values.seed === undefined ? null : wholeNumber("--seed", values.seed),
    jobs: Math.max(1, wholeNumber("--jobs", values.jobs)),
    plant: values.plant,
    product: values.product,
    listPlants: values["list-plants"],
    help: values.help,
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`${name} takes a whole number, not "${text}".`);
  return Number(text);
}
