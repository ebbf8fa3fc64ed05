import type { Changes } from "./changes";
import type { Clock } from "./clock";
import type { Access } from "./iam/access";
import type { Ids } from "./ids";
import type { Operations } from "./operations";
import type { ResourceTree } from "./resourceManager/resourceTree";
import type { Store } from "./store";

/** Services of the cloud that all kinds of resources use. */
export interface ResourceNeeds {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly tree: ResourceTree;
  readonly access: Access;
  readonly changes: Changes;
  readonly operations: Operations;
}
