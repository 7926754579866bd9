export interface SyncCatalogRequest {
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
}

export interface SyncedCatalog {
  /** 1, 2, 3, … */
  readonly version: number;
  /** Of the definition: equal catalogs have equal ones. */
  readonly hash: string;
  /** Whether it differs from what was last synchronised, and so is a version of its own. */
  readonly isNew: boolean;
  readonly syncedAt: Date;
}

export interface CatalogVersionsRequest {
  /** Only versions before this one. */
  readonly before?: number | undefined;
  /** 1 to 100; default 20. */
  readonly limit?: number | undefined;
}

export interface CatalogVersion {
  readonly version: number;
  readonly hash: string;
  readonly syncedAt: Date;
  readonly actor: string | null;
  readonly reason: string | null;
  /** As it was given to `defineCatalog`; numbers that are no JSON numbers as texts. */
  readonly definition: Readonly<Record<string, unknown>>;
}

/** The code's catalog in the store: which one was in use when, and who brought it. */
export interface CatalogVersionVerbs {
  /**
   * Writes this process's catalog to the store, if it differs from the one that was written last: call it where you deploy.
   * It is a record for people, and changes no decision: each process decides by the catalog of its own code.
   *
   * @example
   * ```ts
   * const { version, isNew } = await credits.syncCatalog({ actor: "ci", reason: "release 42" });
   * console.log(isNew ? `catalog ${version} is in use` : `still catalog ${version}`);
   * ```
   */
  syncCatalog(request?: SyncCatalogRequest): Promise<SyncedCatalog>;

  /** What was synchronised, newest first. */
  catalogVersions(request?: CatalogVersionsRequest): Promise<readonly CatalogVersion[]>;
}
