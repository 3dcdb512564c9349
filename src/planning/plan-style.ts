/** How the parts of a rendered plan are set off; each function may add colour and must keep the text. */
export interface PlanStyle {
  readonly title: (text: string) => string;
  readonly create: (text: string) => string;
  readonly update: (text: string) => string;
  readonly remove: (text: string) => string;
  readonly held: (text: string) => string;
  readonly muted: (text: string) => string;
}

const same = (text: string): string => text;

/** No colour: for pipes, files and HTTP. */
export const PLAIN_STYLE: PlanStyle = {
  title: same,
  create: same,
  update: same,
  remove: same,
  held: same,
  muted: same,
};
