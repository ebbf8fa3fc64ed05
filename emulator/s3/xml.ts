import { XMLBuilder, XMLParser, XMLValidator } from "fast-xml-parser";
import { S3Error } from "./errors";
import { notServed } from "./served";

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
const parser = new XMLParser({ removeNSPrefix: true, parseTagValue: false, ignoreAttributes: true });
const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true });

/** An XML document as nested objects. Repeated elements are arrays, values are text. */
export type Xml = { readonly [element: string]: Xml | readonly Xml[] | string | undefined };

/** Supported elements of each kind of document, at any depth. */
const served: Readonly<Record<string, string>> = {
  AccessControlPolicy: "Owner ID DisplayName AccessControlList Grant Grantee URI Type Permission",
  BucketLoggingStatus: "LoggingEnabled TargetBucket TargetPrefix",
  CompleteMultipartUpload:
    "Part PartNumber ETag ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumSHA1 ChecksumSHA256",
  CORSConfiguration: "CORSRule ID AllowedMethod AllowedOrigin AllowedHeader ExposeHeader MaxAgeSeconds",
  CreateBucketConfiguration: "LocationConstraint",
  Delete: "Object Key VersionId Quiet",
  LegalHold: "Status",
  LifecycleConfiguration:
    "Rule ID Status Prefix Filter And Tag Key Value ObjectSizeGreaterThan ObjectSizeLessThan Expiration Date Days " +
    "ExpiredObjectDeleteMarker Transition StorageClass AbortIncompleteMultipartUpload DaysAfterInitiation " +
    "NoncurrentVersionExpiration NoncurrentVersionTransition NoncurrentDays NewerNoncurrentVersions",
  ObjectLockConfiguration: "ObjectLockEnabled Rule DefaultRetention Mode Days Years",
  Retention: "Mode RetainUntilDate",
  ServerSideEncryptionConfiguration: "Rule ApplyServerSideEncryptionByDefault SSEAlgorithm KMSMasterKeyID",
  Tagging: "TagSet Tag Key Value",
  VersioningConfiguration: "Status",
  WebsiteConfiguration:
    "IndexDocument Suffix ErrorDocument Key RedirectAllRequestsTo HostName Protocol RoutingRules RoutingRule Condition " +
    "KeyPrefixEquals HttpErrorCodeReturnedEquals Redirect HttpRedirectCode ReplaceKeyPrefixWith ReplaceKeyWith",
};

/**
 * Parses an XML document.
 *
 * @throws {S3Error} MalformedXML for text that is not XML with that root, or that declares entities; NotImplemented for
 *   an unsupported element.
 */
export function parseXml(text: string, root: string): Xml {
  const document = documentIn(text);
  if (!document || !(root in document))
    throw new S3Error(400, "MalformedXML", `The document must be a ${root}`);
  const known = new Set([root, ...(served[root] ?? "").split(" ")]);
  const unknown = namesIn(document).find((name) => !known.has(name) && name !== "?xml");
  if (unknown) throw notServed(`The element ${unknown} of ${root}`);
  return document;
}

function documentIn(text: string): Xml | undefined {
  try {
    if (XMLValidator.validate(text) === true && !text.includes("<!DOCTYPE")) return parser.parse(text);
  } catch {
    // Also not XML: nested too deeply, for example.
  }
  return undefined;
}

function namesIn(xml: Xml | readonly Xml[] | string | undefined): string[] {
  if (Array.isArray(xml)) return xml.flatMap(namesIn);
  if (typeof xml !== "object") return [];
  return Object.entries(xml).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}

/** Returns a document in S3's namespace. */
export const toXml = (root: string, contents: object = {}): string =>
  toPlainXml(root, { "@_xmlns": namespace, ...contents });

/** Returns a document without a namespace. S3's errors have none. */
export const toPlainXml = (root: string, contents: object): string =>
  builder.build({ "?xml": { "@_version": "1.0", "@_encoding": "UTF-8" }, [root]: contents });

/** Returns the elements at a path, always as a list. */
export function elements(document: Xml | undefined, ...path: readonly string[]): Xml[] {
  let found: unknown[] = [document];
  for (const name of path) found = found.flatMap((element) => (element as Xml | undefined)?.[name] ?? []);
  return found as Xml[];
}

/** Returns the text at a path, if there is one. */
export function textAt(document: Xml | undefined, ...path: readonly string[]): string | undefined {
  const found: unknown = elements(document, ...path)[0];
  return typeof found === "string" ? found : undefined;
}

/** Returns all texts at a path. */
export const textsAt = (document: Xml | undefined, ...path: readonly string[]): string[] =>
  elements(document, ...path).filter((found: unknown) => typeof found === "string") as unknown as string[];

/** Returns the whole number at a path, if there is one. @throws {S3Error} MalformedXML for other text. */
export function numberAt(document: Xml | undefined, ...path: readonly string[]): number | undefined {
  const text = textAt(document, ...path);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new S3Error(400, "MalformedXML");
  return Number(text);
}
