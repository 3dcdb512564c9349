/** What one folder may use; `everything` lifts the limit. */
export interface Row {
  readonly imports: readonly string[] | "everything";
  readonly packages: readonly string[] | "everything";
  readonly node: readonly string[] | "everything";
}

export const layers: Readonly<Record<string, Row>>;
export const entry: Row & { readonly file: string };
export const connectorImports: Readonly<Record<string, readonly string[]>>;
export const migrationsUsers: readonly string[];
