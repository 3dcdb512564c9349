/** Whether a command line that a page tells its reader to type is one that the program takes. */
import type { Command, Option } from "commander";
import { theProgram } from "./command-line.ts";

const WORD = /^[a-z][a-z-]*$/;

/** Names of the commands, such as `plan`, without what follows them. */
export function commandNames(): ReadonlySet<string> {
  return new Set(theProgram().commands.map((command) => command.name()));
}

/** Every long option of every command. */
export function optionNames(): ReadonlySet<string> {
  const of = (command: Command): readonly string[] => [
    ...allOptions(command).map(({ long }) => long ?? ""),
    ...command.commands.flatMap(of),
  ];
  return new Set(of(theProgram()));
}

/**
 * Every command line that a way of writing stands for: `show|set` is one or the other, what is in brackets may be there, `…` and
 * capitals stand for what the reader fills in.
 */
export function readingsOf(words: readonly string[]): readonly (readonly string[])[] {
  const [first, ...rest] = words.map((word) => word.replace(/^\[/, "").replace(/\]$/, ""));
  if (first === undefined) return [[]];
  const choices = first.includes("|") ? first.split("|") : [first];
  return readingsOf(rest).flatMap((tail) => choices.map((choice) => [choice, ...tail]));
}

/** What is wrong with a command line (its words after `rosterbridge`); null when the program takes it. */
export function faultOf(words: readonly string[]): string | null {
  const faults = readingsOf(words).map(faultOfReading);
  return faults.find((fault) => fault !== null) ?? null;
}

function faultOfReading(words: readonly string[]): string | null {
  let command: Command = theProgram();
  let rest = [...words];
  for (;;) {
    const child = command.commands.find((one) => one.name() === rest[0]);
    if (child === undefined) break;
    command = child;
    rest = rest.slice(1);
  }
  const isGroup = command.commands.length > 0;
  const [next] = rest;
  // A group may be spoken of by its name alone, but not be followed by what it does not have.
  if (isGroup && next !== undefined && !next.startsWith("-")) return `there is no command ${next} of ${command.name()}`;
  return faultOfRest(command, rest);
}

function faultOfRest(command: Command, rest: readonly string[]): string | null {
  const options = allOptions(command);
  let given = 0;
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? "";
    if (!word.startsWith("-") || word === "-") {
      const argument = command.registeredArguments[given];
      given += 1;
      if (argument === undefined) return `${command.name()} takes no ${word}`;
      if (!isAllowed(word, argument.argChoices)) return `${word} is no ${argument.name()} of ${command.name()}`;
      continue;
    }
    const [name = "", value] = word.split(/=(.*)/);
    const option = options.find(({ long, short }) => long === name || short === name);
    if (option === undefined) return `${command.name()} has no option ${name}`;
    if (!option.required) continue;
    const following = value ?? rest[at + 1];
    if (value === undefined) at += 1;
    if (!isAllowed(following, option.argChoices)) return `${name} of ${command.name()} takes no ${following}`;
  }
  return null;
}

/** An option may be named without its value, and a value by a word in capitals. */
function isAllowed(value: string | undefined, choices: readonly string[] | undefined): boolean {
  return value === undefined || choices === undefined || !WORD.test(value) || choices.includes(value);
}

/** Its own, and `--help` and `--version`, which commander adds. */
function allOptions(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}
