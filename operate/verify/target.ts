import { objectKeyPrefixOf } from "../../components/objectPrefix";
import type { RolesArgs } from "../../components/roles";
import { Hidden, type Resource } from "../stack/engineJson";
import type { Collected } from "../stack/events";
import { at, collectedBy, type Reference, type StackView, textOf } from "../stack/stackView";
import { splitUrn } from "../stack/urn";

/** A trail of the stack with what it should be, as the state has it. */
export interface Target {
  readonly name: string;
  readonly trailId: string;
  readonly folderId: string;
  readonly accountId: string;
  readonly bucketName: string;
  /** What the keys of its log objects begin with. */
  readonly keyPrefix: string;
  readonly objectPrefix: string;
  readonly collected: readonly Collected[];
  /** The bucket, if it is of the stack. */
  readonly bucket?: Resource;
  /** The key that should encrypt the bucket, as far as the stack knows: `none`, if there should be no encryption. */
  readonly keyId?: string;
  /** Roles that the stack gives to the account, and the ids of what they are on. */
  readonly granted: readonly { readonly role: string; readonly on: string }[];
  /** Which of the vendor's documents these follow. */
  readonly roles: RolesArgs;
}

/** The trails of a stack, as far as the state tells where they deliver. */
export function targetsOf(view: StackView): Target[] {
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
        roles: view.rolesChosen(trail),
      },
    ];
  });
}

const idOf = ({ id }: Reference): string | undefined => id;

/** Of an existing bucket the state tells the key only by the role that the trail's account was given on it. */
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
