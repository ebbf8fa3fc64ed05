import type { ObjectName } from "../backend/storage/objectSettings";
import { aclOf, aclXml } from "./aclXml";
import { type Answer, xmlAnswer } from "./answer";
import { S3Error } from "./errors";
import type { ObjectRequest } from "./objectRequests";
import { notServed } from "./served";
import { elements, parseXml, textAt, toXml, type Xml } from "./xml";

/** Handlers for settings of an object, addressed by `?name`. */
const handlers: Readonly<Record<string, (request: ObjectRequest, name: ObjectName) => Answer>> = {
  retention: (request, name) => {
    const { cloud, by, method } = request;
    if (method === "PUT") {
      const document = documentOf(request, "Retention");
      const mode = textAt(document, "Retention", "Mode");
      const until = new Date(textAt(document, "Retention", "RetainUntilDate") ?? "");
      if (mode === undefined) {
        cloud.objectSettings.setRetention(by, name);
        return {};
      }
      const isKnown = mode === "GOVERNANCE" || mode === "COMPLIANCE";
      if (!isKnown || Number.isNaN(until.getTime())) throw new S3Error(400, "MalformedXML");
      cloud.objectSettings.setRetention(by, name, {
        mode,
        until: until.toISOString(),
      });
      return {};
    }
    const { retention } = cloud.objects.head(by, name.bucket, name.key, name.versionId);
    if (!retention) throw new S3Error(404, "NoSuchObjectLockConfiguration");
    return xmlAnswer(toXml("Retention", { Mode: retention.mode, RetainUntilDate: retention.until }));
  },
  "legal-hold": (request, name) => {
    const { cloud, by } = request;
    const status = textAt(documentOf(request, "LegalHold"), "LegalHold", "Status");
    if (status !== "ON" && status !== "OFF") throw new S3Error(400, "MalformedXML");
    cloud.objectSettings.setLegalHold(by, name, status === "ON");
    return {};
  },
  acl: (request, name) => {
    const { cloud, by, method, headers, body } = request;
    const { folderId } = cloud.buckets.require(name.bucket);
    if (method === "GET") return xmlAnswer(aclXml(cloud.objectSettings.getAcl(by, name), folderId));
    const acl = aclOf(headers, body.contents.toString(), folderId);
    cloud.objectSettings.setAcl(by, name, acl);
    return {};
  },
  tagging: (request, name) => {
    const { cloud, by, method } = request;
    if (method === "GET") {
      const { tags } = cloud.objects.head(by, name.bucket, name.key, name.versionId);
      const Tag = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      return xmlAnswer(toXml("Tagging", { TagSet: { Tag } }));
    }
    const given = elements(documentOf(request, "Tagging"), "Tagging", "TagSet", "Tag");
    const tags = given.map((tag) => [textAt(tag, "Key") ?? "", textAt(tag, "Value") ?? ""] as const);
    cloud.objectSettings.setTags(by, name, Object.fromEntries(tags));
    return {};
  },
};

/** Returns the sub-resource of an object in a request, if there is one. */
export const objectSubResourceOf = (query: URLSearchParams): string | undefined =>
  Object.keys(handlers).find((name) => query.has(name));

export function handleSubResource(name: string, request: ObjectRequest): Answer {
  const handler = handlers[name];
  if (!handler) throw notServed(`?${name}`);
  const { bucket, key, query } = request.target;
  return handler(request, { bucket, key, versionId: query.get("versionId") ?? undefined });
}

const documentOf = ({ body }: ObjectRequest, root: string): Xml => parseXml(body.contents.toString(), root);
