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
  /** Asks for one line of text, blanks at its ends cut off; null: nobody is going to answer. Only where `canAsk`. */
  ask(question: string): Promise<string | null>;
  readonly canAsk: boolean;
  /**
   * A bar on standard error for work that takes long, in the place of any other; to be had through `withProgress`. Nothing is
   * shown where standard error is no terminal, or while the work is young.
   */
  progress(title: string): ProgressBar;
}

/** How far long work is, for whoever waits for it. */
export interface ProgressBar {
  /** `total` null: nobody knows. To be called as often as it is known. */
  update(done: number, total: number | null): void;
  /** Takes it off the screen. */
  end(): void;
}
