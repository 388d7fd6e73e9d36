import type { TargetSettings } from '../config/targets.ts';
import type { Call } from '../core/call.ts';
import type { Runtime } from '../core/runtime.ts';
import type { AllowedShares } from '../core/task.ts';
import { createTokenCache } from '../iam/token-cache.ts';
import type { SfsTurbo } from '../sfs-turbo/client.ts';
import { listShares } from '../sfs-turbo/listing.ts';
import type { ListTaggedShares } from '../sfs-turbo/tagged-shares.ts';

/** The shares of a target that may be touched. @throws {ServiceError} where the service has to be asked, and does not tell */
type FindAllowed = (call: Call) => Promise<AllowedShares>;

// how late it is noticed that a tag was set or taken away
const KNOWN_FOR_MS = 60_000;

/** Those that the configuration names; or those with the tags, which the service is asked for once a minute at most. */
export function createFindAllowed(
  { allowedShares, tags, sfsTurboUrl }: TargetSettings,
  sfsTurbo: SfsTurbo,
  listTagged: ListTaggedShares,
  runtime: Runtime,
): FindAllowed {
  if (tags === undefined) return async () => allowedShares;

  // what it keeps of a token, one fetch for all and the expiry, is what a list needs too
  const cache = createTokenCache(
    {
      service: 'SFS Turbo',
      host: new URL(sfsTurboUrl).host,
      fetch: async (_deadline, call) => {
        const expiresAtMs = runtime.now() + KNOWN_FOR_MS;
        const tagged = await listTagged(tags, call);
        // a tag may be on what is no share of the project any more
        const shares = await listShares(sfsTurbo, call);
        const ids = shares.flatMap(({ shareId }) => (shareId !== undefined && tagged.has(shareId) ? shareId : []));
        return { ids: new Set(ids), expiresAtMs };
      },
      refusedForMs: () => undefined,
      renewBeforeMs: 0,
      spreadMs: 0,
    },
    runtime,
  );
  return async (call) => (await cache.get(call)).ids;
}
