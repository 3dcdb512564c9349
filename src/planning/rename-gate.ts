import type { DirectoryUserId } from "../domain/directory.ts";
import type { PersonPlan } from "../domain/plan.ts";
import { holdChanges, type Reason } from "./dependants.ts";
import { isRename } from "./parking.ts";
import { vacates } from "./rename-order.ts";

/** Holds the renames whose address is not set free after all, because the renaming before them does not pass. */
export interface RenameGate {
  /** One person, or all of a circle together, in order. */
  pass(people: readonly PersonPlan[]): readonly PersonPlan[];
}

const FOLLOWS: Reason = {
  hold: "waits-for-held",
  detail: "This e-mail is free only once another person has been renamed, and that is held.",
};
const CIRCLES: Reason = {
  hold: "waits-for-held",
  detail: "The renaming of somebody with whom e-mails are passed round is held: none of them steps aside.",
};

/** Starts with no address set free. Holds the ids of those who set one free. */
export function createRenameGate(): RenameGate {
  const vacated = new Set<DirectoryUserId>();
  const settle = (person: PersonPlan): PersonPlan => {
    const { after } = person;
    const settled = after === undefined || vacated.has(after) ? person : holdRename(person, FOLLOWS);
    if (vacates(settled)) vacated.add(settled.user);
    return settled;
  };
  return {
    pass(people) {
      const isBroken = people.length > 1 && people.some((person) => !vacates(person));
      return isBroken ? people.map((person) => holdRename(person, CIRCLES)) : people.map(settle);
    },
  };
}

function holdRename(person: PersonPlan, reason: Reason): PersonPlan {
  return holdChanges(person, (change) => (isRename(change) ? reason : null));
}

/** People one by one, but those of a circle together: their renames pass or are held as one. */
export async function* inCircles(people: AsyncIterable<PersonPlan>): AsyncGenerator<readonly PersonPlan[]> {
  let circle: PersonPlan[] = [];
  for await (const person of people) {
    if (circle.length > 0 && circle[0]?.ring !== person.ring) {
      yield circle;
      circle = [];
    }
    if (person.ring === undefined) yield [person];
    else circle.push(person);
  }
  if (circle.length > 0) yield circle;
}
