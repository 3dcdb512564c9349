import type { AccountId, AccountLink } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import type { DirectoryId, DirectoryUserId } from "../../domain/directory.ts";
import { UnknownSubjectError } from "../../domain/errors.ts";
import type { PersonState } from "../../domain/person-state.ts";
import type { Mapping } from "../../mapping/compile.ts";
import { mappedResource } from "../../mapping/mapped-resource.ts";
import type { Census, CensusEntry } from "../../ports/census.ts";
import type { FilterNode } from "../../scim/filter.ts";
import { parseFilter } from "../../scim/parse-filter.ts";
import type { MappingVersions } from "../mapping-versions.ts";
import type { ListPage, PageRequest } from "../paging.ts";
import { nameToShow } from "./name-to-show.ts";

/** A question about everybody who is or was staged. Null: no bound. */
export interface PeopleQuery extends PageRequest {
  readonly directory: DirectoryId | null;
  /**
   * Who has an id, userName, e-mail, externalId or display name that is this or begins with it. Ids and externalIds are
   * compared as they are written, the rest without case. Spaces around it do not count.
   */
  readonly query: string | null;
  /** A SCIM filter over the staged user, in which `directory`, `deleted` (true or false) and `state` are attributes, too. */
  readonly filter: FilterNode | string | null;
  readonly state: PersonState | null;
}

/** One person, as a list shows them. */
export interface PersonItem {
  readonly id: DirectoryUserId;
  readonly directory: DirectoryId;
  readonly userName: string;
  readonly displayName: string | null;
  /** As the mapping has it, else that of the account. */
  readonly email: string | null;
  readonly externalId: string | null;
  /** As the IdP last said; of somebody who was deleted, what it said before. */
  readonly active: boolean;
  readonly deletedAt: Instant | null;
  /** When the IdP made them inactive. */
  readonly leftAt: Instant | null;
  readonly account: {
    readonly id: AccountId;
    readonly linkedAt: Instant;
    readonly origin: AccountLink["origin"];
    /** When the account was read back as shut. */
    readonly offboardedAt: Instant | null;
  } | null;
  readonly state: PersonState;
  /** When the IdP last changed anything, or deleted them. */
  readonly updatedAt: Instant;
}

/** Everybody who is or was staged, for those who may see all of them. Asks the product nothing. */
export interface People {
  /**
   * In the order in which they came, leavers and deleted people among them. A page may have a `next` though it holds fewer
   * people than `limit`, or none: only so many are looked at for one page. Throws InvalidFilterError for a filter that is
   * broken or compares what cannot be compared, InvalidCursorError for an `after` that is no position, UnknownSubjectError
   * for a `directory` that is not configured; whom one had that is configured no more is found by filter.
   */
  list(query: PeopleQuery): Promise<ListPage<PersonItem>>;
}

/** Makes the use case. `directories`: those of the configuration. */
export function createPeople(
  census: Census,
  mappings: Pick<MappingVersions, "current">,
  directories: readonly DirectoryId[],
): People {
  return {
    async list({ directory, query, filter, ...rest }) {
      if (directory !== null && !directories.includes(directory)) throw unknownDirectory(directory, directories);
      const text = query?.trim() ?? "";
      const page = await census.page({
        ...rest,
        directory,
        text: text === "" ? null : text,
        filter: typeof filter === "string" ? parseFilter(filter) : filter,
      });
      const { mapping } = await mappings.current();
      return { items: page.items.map((entry) => toItem(entry, mapping)), next: page.next };
    },
  };
}

function unknownDirectory(directory: string, known: readonly DirectoryId[]): UnknownSubjectError {
  return new UnknownSubjectError(`There is no directory ${JSON.stringify(directory)}: there is ${known.join(", ")}.`);
}

function toItem({ person: { user, deletedAt }, link, state }: CensusEntry, mapping: Mapping): PersonItem {
  const email = mapping.account(mappedResource(user, [])).profile.email || link?.applied?.email;
  return {
    id: user.id,
    directory: user.directory,
    userName: user.userName,
    displayName: nameToShow(user.resource),
    email: email === undefined || email === "" ? null : email,
    externalId: user.externalId ?? null,
    active: user.active,
    deletedAt,
    leftAt: user.leftAt ?? null,
    account: link === null ? null : toAccount(link),
    state,
    updatedAt: deletedAt ?? user.meta.lastModified,
  };
}

function toAccount({ account, linkedAt, origin, offboardedAt }: AccountLink): PersonItem["account"] {
  return { id: account, linkedAt, origin, offboardedAt };
}
