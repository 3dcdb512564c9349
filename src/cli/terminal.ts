/** Where a command writes and asks. Output is for pipes, errors are for people. */
export interface Terminal {
  /** One line to standard output. */
  print(line: string): void;
  /** One line to standard error. */
  warn(line: string): void;
  /** Standard output is a terminal: tables and colour make sense. */
  readonly isInteractive: boolean;
  readonly hasColour: boolean;
  /** Width in columns. */
  readonly columns: number;
  /** Asks a question that is answered with yes or no; only where `canAsk`. */
  confirm(question: string): Promise<boolean>;
  readonly canAsk: boolean;
}
