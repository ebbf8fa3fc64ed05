import { objectKeyPrefixOf } from "../../components/objectPrefix";
import type { RolesArgs } from "../../components/roles";
import { collectedBy } from "../stack/collected";
import { Hidden, type Resource } from "../stack/engineJson";
import type { Collected } from "../stack/events";
import type { Reference } from "../stack/references";
import type { StackView } from "../stack/stackView";
import { rolesChosen } from "../stack/trailRoles";
import { splitUrn } from "../stack/urn";
import { at, textOf } from "../stack/values";

/** Trail of the stack, with its settings from the state. */
export interface TrailTarget {
  readonly name: string;
  readonly trailId: string;
  readonly folderId: string;
  readonly accountId: string;
  readonly bucketName: string;
  /** Prefix of the keys of the trail's log objects. */
  readonly keyPrefix: string;
  readonly objectPrefix: string;
  readonly collected: readonly Collected[];
  /** Bucket, if it belongs to the stack. */
  readonly bucket?: Resource;
  /** Id of the key that should encrypt the bucket; `none` without encryption; undefined if the state does not have it. */
  readonly keyId?: string;
  /** Roles that the stack grants to the account, and the ids of their resources. */
  readonly granted: readonly { readonly role: string; readonly on: string }[];
  /** Choice of the account's roles, where the vendor's documents differ. */
  readonly roles: RolesArgs;
}

/** Returns the trails of a stack whose destination is in the state. */
export function targetsOf(view: StackView): TrailTarget[] {
  return view.all("trail").flatMap((trail) => {
    const { id: trailId, inputs, urn } = trail;
    const bucketName = idOf(view.bucketOf(trail));
    if (!trailId || !bucketName) return [];
    const objectPrefix = textOf(at(inputs, "storageDestination", "objectPrefix")) ?? "";
    return [
      {
        name: splitUrn(urn).name,
        trailId,
        folderId: textOf(inputs.folderId) ?? "",
        accountId: idOf(view.accountOf(trail)) ?? "",
        bucketName,
        keyPrefix: objectKeyPrefixOf(trailId, objectPrefix),
        objectPrefix,
        collected: collectedBy(trail),
        bucket: view.inStack(view.bucketOf(trail)),
        keyId: keyIdOf(view, trail),
        granted: view.grantsOf(view.accountOf(trail)).flatMap(({ role, on }) => {
          const id = view.inStack(on)?.id ?? on.id;
          return id ? [{ role, on: id }] : [];
        }),
        roles: rolesChosen(trail, view),
      },
    ];
  });
}

/** Returns the place of a trail's log objects: bucket and prefix. */
export const placeOf = ({ bucketName, keyPrefix }: TrailTarget): string => `${bucketName}/${keyPrefix}`;

const idOf = ({ id }: Reference): string | undefined => id;

/** Returns the id of the key of a trail's bucket. For an existing bucket, the state has only the account's role on the key. */
function keyIdOf(view: StackView, trail: Resource): string | undefined {
  const bucket = view.inStack(view.bucketOf(trail));
  if (bucket) {
    const key = view.keyOf(bucket);
    if (key) return view.inStack(key)?.id ?? key.id;
    return bucket.inputs.serverSideEncryptionConfiguration instanceof Hidden ? undefined : "none";
  }
  const keys = view
    .grantsOf(view.accountOf(trail))
    .flatMap(({ on, onWhat }) => (onWhat === "key" ? (view.inStack(on)?.id ?? on.id ?? []) : []));
  return new Set(keys).size === 1 ? keys[0] : undefined;
}
