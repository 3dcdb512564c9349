import type { ConfigProblem } from "../../domain/errors.ts";
import { formatPath } from "../../lib/json-path.ts";
import type { Path } from "../../lib/json-path.ts";
import { mayRunAway, RUNAWAY } from "../../lib/runaway-pattern.ts";
import { BRACED } from "./expressions-of.ts";
import type { Recipe } from "./schema.ts";
import type { RecipeOperations } from "./schema-operations.ts";
import type { RecipePaging, RecipeRequest, RecipeStep } from "./schema-request.ts";
import { isExpression } from "./schema-values.ts";

type Report = (path: Path, message: string) => void;
type Has = (name: keyof RecipeOperations) => boolean;

/** What is wrong with a recipe whose every part fits the schema: parts that do not fit each other. */
export function checkRules(recipe: Recipe): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const report: Report = (path, message) => problems.push({ path: formatPath(path), message });
  const has: Has = (name) => recipe.operations[name] !== undefined;
  checkIds(recipe, report);
  checkAuth(recipe, report);
  checkLifecycle(recipe, has, report);
  checkProfile(recipe, has, report);
  checkGroups(recipe, has, report);
  checkSeats(recipe, has, report);
  checkBookings(has, report);
  for (const [name, operation] of Object.entries(recipe.operations)) {
    const path: Path = ["operations", name];
    if ("steps" in operation) checkSteps([...path, "steps"], operation.steps, report);
    if ("request" in operation) checkRead([...path, "request"], operation.request, report);
    if ("detail" in operation && operation.detail !== undefined) {
      checkRead([...path, "detail", "request"], operation.detail.request, report);
    }
    if ("paging" in operation) checkPaging([...path, "paging"], operation.paging, report);
    if ("outcomes" in operation) checkNoJumps([...path, "outcomes"], operation.outcomes, report);
  }
  checkPaging(["defaults", "paging"], recipe.defaults.paging, report);
  checkNoJumps(["defaults", "outcomes"], recipe.defaults.outcomes, report);
  return problems;
}

function checkIds({ ids }: Recipe, report: Report): void {
  try {
    new RegExp(`^(?:${ids.pattern})$`);
  } catch {
    report(["ids", "pattern"], "must be a regular expression");
  }
  if (mayRunAway(ids.pattern)) report(["ids", "pattern"], `might never end on an odd id: ${RUNAWAY}`);
}

/** Settings in braces must be declared; the token needs no declaration. */
function checkAuth({ auth, settings }: Recipe, report: Report): void {
  const known = new Set(["token", ...Object.keys(settings)]);
  if (auth.type === "session") return;
  const texts = Object.entries<string | Readonly<Record<string, string>>>(auth).flatMap(([key, value]) =>
    typeof value === "string"
      ? [{ path: ["auth", key], text: value }]
      : Object.entries(value).map(([inner, text]) => ({ path: ["auth", key, inner], text })),
  );
  for (const { path, text } of texts) {
    for (const [, name = ""] of text.matchAll(BRACED)) {
      if (!known.has(name)) report(path, `there is no setting ${JSON.stringify(name)}: declare it under settings`);
    }
  }
}

function checkLifecycle({ account, capabilities, operations }: Recipe, has: Has, report: Report): void {
  const path: Path = ["operations"];
  const { deactivated } = capabilities;
  if (deactivated === "gone") checkGone(capabilities, has, report);
  if (has("reactivateAccount") && !has("deactivateAccount")) {
    report([...path, "reactivateAccount"], "needs deactivateAccount");
  }
  if (has("deactivateAccount") && deactivated === "shown" && !isExpression(account.status)) {
    const advice = 'read it from the answer, or set capabilities.deactivated to "gone"';
    report(["account", "status"], `must tell who is deactivated, since deactivateAccount is there: ${advice}`);
  }
  if (operations.findAccount?.complete === true && !has("getAccount")) {
    report([...path, "findAccount", "complete"], "needs getAccount");
  }
}

function checkGone({ bookingOrder }: Recipe["capabilities"], has: Has, report: Report): void {
  if (has("reactivateAccount")) {
    const advice = 'cannot be where "deactivated" is "gone": whoever returns is created anew';
    report(["operations", "reactivateAccount"], advice);
  }
  if (bookingOrder === "deactivate-first") {
    const advice = 'must be bookings-first where "deactivated" is "gone": after that, nobody\'s bookings can be listed';
    report(["capabilities", "bookingOrder"], advice);
  }
}

function checkProfile({ account, operations, profile }: Recipe, has: Has, report: Report): void {
  const stores = JSON.stringify(operations.createAccount ?? {}).includes("$marker");
  if ((account.marker !== undefined) !== stores) {
    report(["account", "marker"], "belongs together with $marker in createAccount: one stores it, the other reads it");
  }
  const { email: _, ...others } = profile;
  if (Object.values(others).some((field) => field.update) && !has("updateAccount")) {
    const advice = 'add it, or set "update": false for each field';
    report(["profile"], `there is no updateAccount, but fields are said to be written by it: ${advice}`);
  }
  for (const [name, field] of Object.entries(others)) {
    if (account[name as keyof typeof others] !== undefined) continue;
    if (field.update)
      report(["account", name], "is required, since profile has it: what is written has to be read back");
  }
}

function checkGroups(recipe: Recipe, has: Has, report: Report): void {
  const path: Path = ["operations"];
  const ways = [has("addToGroup") || has("removeFromGroup"), has("setMembers"), has("setGroups")].filter(Boolean);
  if (ways.length > 1) {
    report(path, "must fill groups in one way: addToGroup and removeFromGroup, or setMembers, or setGroups");
  }
  if (has("addToGroup") !== has("removeFromGroup")) report(path, "must have both of addToGroup and removeFromGroup");
  for (const name of ["createGroup", "listMembers", "addToGroup", "setMembers", "setGroups"] as const) {
    if (has(name) && !has("listGroups")) report([...path, name], "needs listGroups");
  }
  const sources = sourcesOfGroups(recipe, has);
  const choices = "account.groups, listGroups.group.members or listMembers";
  if (sources > 1) report(path, `must say in one way who is in a group: ${choices}`);
  if (ways.length > 0 && sources === 0) report(path, `must say who is in a group: by ${choices}`);
}

/** In how many ways a recipe says who is in a group. */
function sourcesOfGroups({ account, operations }: Recipe, has: Has): number {
  const members = operations.listGroups?.group.members;
  return [account.groups !== undefined, members !== undefined, has("listMembers")].filter(Boolean).length;
}

function checkSeats({ account, capabilities }: Recipe, has: Has, report: Report): void {
  if (has("assignSeat") !== has("releaseSeat")) report(["operations"], "must have both of assignSeat and releaseSeat");
  if (has("assignSeat") && account.seat === undefined) {
    report(["account", "seat"], "is required where seats are assigned");
  }
  if (has("assignSeat") && capabilities.seats === "implied") {
    report(["capabilities", "seats"], "cannot be implied where there is assignSeat: remove one of them");
  }
}

function checkBookings(has: Has, report: Report): void {
  for (const name of ["cancelBooking", "reassignBooking", "createBooking"] as const) {
    if (has(name) && !has("listBookings")) report(["operations", name], "needs listBookings");
  }
  if (has("reassignBooking") && !has("cancelBooking")) {
    report(["operations", "reassignBooking"], "needs cancelBooking, for bookings that nobody can take over");
  }
}

function checkRead(path: Path, request: RecipeRequest, report: Report): void {
  checkRequest(path, request, report);
  if (request.effect === "write") report([...path, "effect"], "must not be write: this operation only reads");
}

function checkRequest(path: Path, { method, body, form, contentType }: RecipeRequest, report: Report): void {
  if (body !== undefined && form !== undefined) report(path, "must have body or form, not both");
  if (method === "GET" && (body !== undefined || form !== undefined)) report(path, "a GET has no body: use query");
  if (contentType !== undefined && body === undefined) report([...path, "contentType"], "is the type of a body");
}

function checkPaging(path: Path, paging: RecipePaging | undefined, report: Report): void {
  if (paging === undefined || !("end" in paging)) return;
  if (paging.end === "total" && paging.total === undefined) report(path, 'needs total, since "end" is "total"');
  if ((paging.end === "more") !== (paging.more !== undefined)) {
    report(path, '"more" belongs together with "end": "more"');
  }
}

function checkNoJumps(
  path: Path,
  outcomes: readonly { readonly goto?: string | undefined }[] | undefined,
  report: Report,
): void {
  for (const [index, { goto }] of (outcomes ?? []).entries()) {
    if (goto !== undefined) report([...path, index, "goto"], "can only stand among the outcomes of a step");
  }
}

function checkSteps(path: Path, steps: readonly RecipeStep[], report: Report): void {
  const names = steps.map(({ name }) => name);
  for (const [index, step] of steps.entries()) {
    const at = [...path, index];
    if (step.name !== undefined && (step.name === "end" || names.indexOf(step.name) !== index)) {
      report([...at, "name"], "must be the name of one step only, and not end");
    }
    checkStep(at, step, report);
    checkJumps(at, step, names.slice(index + 1), report);
  }
  if (!steps.some(({ request }) => request !== undefined && effectOf(request) === "write")) {
    report(path, "must hold a request that writes");
  }
}

function checkStep(path: Path, step: RecipeStep, report: Report): void {
  if (step.otherwise !== undefined && step.expect === undefined) report([...path, "otherwise"], "needs expect");
  if (step.request !== undefined) return checkRequest([...path, "request"], step.request, report);
  if (step.expect === undefined) report(path, "must have a request, or expect something");
  if ((step.outcomes ?? step.capture ?? step.forEach) !== undefined) {
    report(path, "outcomes, capture and forEach need a request");
  }
}

/** Jumps go forward only, so that every operation ends. */
function checkJumps(
  path: Path,
  { outcomes = [], forEach }: RecipeStep,
  later: readonly (string | undefined)[],
  report: Report,
): void {
  for (const [line, { goto }] of outcomes.entries()) {
    if (goto === undefined) continue;
    const target = [...path, "outcomes", line, "goto"];
    if (forEach !== undefined) report(target, "cannot leave a forEach");
    if (goto !== "end" && !later.includes(goto)) report(target, "must be the name of a later step, or end");
  }
}

/** What a request of a step does: as it says, else by its method. */
export function effectOf({ method, effect }: RecipeRequest): "read" | "write" {
  return effect ?? (method === "GET" ? "read" : "write");
}
