import { styleText } from "node:util";
import { PLAIN_STYLE, type PlanStyle } from "../planning/plan-style.ts";
import type { Terminal } from "./terminal.ts";

/** Colour where people look, plain text in a pipe. */
export function planStyle({ hasColour }: Pick<Terminal, "hasColour">): PlanStyle {
  if (!hasColour) return PLAIN_STYLE;
  const paint = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    styleText(format, text, { validateStream: false });
  return {
    title: paint("bold"),
    create: paint("green"),
    update: paint("yellow"),
    remove: paint("red"),
    held: paint("magenta"),
    muted: paint("dim"),
  };
}
