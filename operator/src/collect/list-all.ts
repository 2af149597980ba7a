import type { ApiResult, CollectionOptions, KubeApi } from '../support/kube-api.ts';
import { noAnswer } from '../support/kube-failure.ts';
import type { KubeObject } from '../support/kube-object.ts';
import type { ResourceType } from '../support/kube-resource.ts';

const PAGE_LIMIT = 500;
/** 5,000,000 objects: a server that never ends its pages is broken. */
const MAX_PAGES = 10_000;

export interface CompleteList {
  readonly objects: readonly KubeObject[];
  /** Of the last page; a watch may start from it. */
  readonly resourceVersion: string;
}

/**
 * Lists a collection page by page. No resourceVersion is sent: the answer then is the newest state, never an older one from the
 * cache of one API server among several. A continue token that expired on the way (410) fails the list as a whole.
 */
export async function listAll(
  api: Pick<KubeApi, 'listPage'>,
  resource: ResourceType,
  options: CollectionOptions,
): Promise<ApiResult<CompleteList>> {
  const objects: KubeObject[] = [];
  let continueToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await api.listPage(resource, { ...options, limit: PAGE_LIMIT, continueToken });
    if (answer.type === 'error') return answer;
    objects.push(...answer.value.items);
    continueToken = answer.value.continueToken;
    if (continueToken === undefined) return { type: 'ok', value: { objects, resourceVersion: answer.value.resourceVersion } };
  }
  return { type: 'error', error: noAnswer('EndlessList', `the list did not end after ${MAX_PAGES} pages`) };
}
