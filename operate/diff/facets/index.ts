import type { Kind } from "../../stack/kinds";
import { accountFacets } from "./account";
import { bucketFacets } from "./bucket";
import type { Facet } from "./facet";
import { keyFacets } from "./key";
import { trailFacets } from "./trail";

/** Compared properties of each kind of resource. */
export const facets: Readonly<Record<Kind, readonly Facet[]>> = {
  trail: trailFacets,
  bucket: bucketFacets,
  key: keyFacets,
  account: accountFacets,
};
