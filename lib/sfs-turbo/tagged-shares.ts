import * as v from 'valibot';
import type { TagFilter } from '../config/target-members.ts';
import type { Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import { isId, type ShareId } from '../core/task.ts';
import type { Dependencies } from './dependencies.ts';
import { createRead, readPage } from './read.ts';
import { parseList } from './records.ts';
import { createUrls } from './urls.ts';

/**
 * Ids of the project's shares that have each of these tags, with one of its values. The service takes a filter that it does
 * not understand for none, which means every share: so what it finds is held to the filter.
 *
 * @throws {ServiceError} by the table in `status.ts`; `upstream_invalid` when the pages make no list, or a share on them has
 *   not the tags
 * @see https://support.huaweicloud.com/intl/en-us/api-sfsturbo/ListSharesByTag.html
 */
export type ListTaggedShares = (filter: TagFilter, call: Call) => Promise<ReadonlySet<ShareId>>;

// an answer may have 64 KiB; the length of a share's details is not documented
const PAGE_LIMITS = [100, 10] as const;
const MAX_PAGES = 1_000;

const SHARE = v.object({
  resource_id: v.string(),
  tags: v.array(v.object({ key: v.string(), value: v.fallback(v.string(), '') })),
});
type TaggedShare = v.InferOutput<typeof SHARE>;

export function createListTaggedShares(sfsTurboUrl: string, dependencies: Dependencies): ListTaggedShares {
  const urls = createUrls(sfsTurboUrl);
  const read = createRead(dependencies);

  function readFrom(offset: number, filter: TagFilter, call: Call): Promise<readonly TaggedShare[]> {
    const tags = Object.entries(filter).map(([key, values]) => ({ key, values }));
    const reading = {
      limits: PAGE_LIMITS,
      toUrl: urls.taggedShares,
      // texts, by the table of the page; its sample has numbers
      toBody: (limit: number) => JSON.stringify({ action: 'filter', limit: `${limit}`, offset: `${offset}`, tags }),
      parse: (body: unknown) => parseList(body, 'resources', toTaggedShare),
    };
    return readPage(read, reading, call);
  }

  return async (filter, call) => {
    const seen = new Set<string>();
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const page = await readFrom(seen.size, filter, call);
      if (page.length === 0) return new Set([...seen].filter((id): id is ShareId => isId(id)));
      if (!page.every(({ tags }) => matches(tags, filter))) throw noList('a share without the tags');
      const known = seen.size;
      for (const { resource_id: id } of page) seen.add(id);
      if (seen.size === known) throw noList('a list of tagged shares that repeats itself');
    }
    throw noList('a list of tagged shares that does not end');
  };
}

function toTaggedShare(value: unknown): TaggedShare | undefined {
  const { success, output } = v.safeParse(SHARE, value);
  return success ? output : undefined;
}

function matches(tags: TaggedShare['tags'], filter: TagFilter): boolean {
  return Object.entries(filter).every(([wanted, values]) =>
    tags.some(({ key, value }) => key === wanted && (values.length === 0 || values.includes(value))),
  );
}

function noList(what: string): ServiceError {
  return new ServiceError('upstream_invalid', `SFS Turbo answered with ${what}`);
}
