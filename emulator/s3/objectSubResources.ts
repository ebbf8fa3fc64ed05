import { type Answer, xmlAnswer } from "./answer";
import { S3Error } from "./errors";
import type { ObjectRequest } from "./objectRequests";
import { elements, parseXml, textAt, toXml, type Xml } from "./xml";

/** What is kept beside an object's contents, as `?name` of its address. */
const handlers: Readonly<Record<string, (request: ObjectRequest, versionId: string | undefined) => Answer>> =
  {
    retention: (request, versionId) => {
      const { cloud, by, method, target } = request;
      if (method === "PUT") {
        const document = documentOf(request, "Retention");
        const mode = textAt(document, "Retention", "Mode");
        const until = new Date(textAt(document, "Retention", "RetainUntilDate") ?? "");
        if (mode === undefined) {
          cloud.objects.setRetention(by, target.bucket, target.key, versionId);
          return {};
        }
        const isKnown = mode === "GOVERNANCE" || mode === "COMPLIANCE";
        if (!isKnown || Number.isNaN(until.getTime())) throw new S3Error(400, "MalformedXML");
        cloud.objects.setRetention(by, target.bucket, target.key, versionId, {
          mode,
          until: until.toISOString(),
        });
        return {};
      }
      const { retention } = cloud.objects.head(by, target.bucket, target.key, versionId);
      if (!retention) throw new S3Error(404, "NoSuchObjectLockConfiguration");
      return xmlAnswer(toXml("Retention", { Mode: retention.mode, RetainUntilDate: retention.until }));
    },
    "legal-hold": (request, versionId) => {
      const { cloud, by, method, target } = request;
      if (method === "PUT") {
        const status = textAt(documentOf(request, "LegalHold"), "LegalHold", "Status");
        if (status !== "ON" && status !== "OFF") throw new S3Error(400, "MalformedXML");
        cloud.objects.setLegalHold(by, target.bucket, target.key, versionId, status === "ON");
        return {};
      }
      const { legalHold } = cloud.objects.head(by, target.bucket, target.key, versionId);
      if (legalHold === undefined) throw new S3Error(404, "NoSuchObjectLockConfiguration");
      return xmlAnswer(toXml("LegalHold", { Status: legalHold ? "ON" : "OFF" }));
    },
    tagging: (request, versionId) => {
      const { cloud, by, method, target } = request;
      if (method === "GET") {
        const { tags } = cloud.objects.head(by, target.bucket, target.key, versionId);
        const Tag = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
        return xmlAnswer(toXml("Tagging", { TagSet: { Tag } }));
      }
      const given =
        method === "PUT" ? elements(documentOf(request, "Tagging"), "Tagging", "TagSet", "Tag") : [];
      const tags = given.map((tag) => [textAt(tag, "Key") ?? "", textAt(tag, "Value") ?? ""] as const);
      cloud.objects.setTags(by, target.bucket, target.key, versionId, Object.fromEntries(tags));
      return { status: method === "DELETE" ? 204 : 200 };
    },
  };

/** The sub-resource of an object that a request names, if it names one. */
export const objectSubResourceOf = (query: URLSearchParams): string | undefined =>
  Object.keys(handlers).find((name) => query.has(name));

export function handleSubResource(name: string, request: ObjectRequest): Answer {
  if (!["GET", "PUT", "DELETE"].includes(request.method)) throw new S3Error(405, "MethodNotAllowed");
  const handler = handlers[name];
  if (!handler) throw new S3Error(501, "NotImplemented");
  return handler(request, request.target.query.get("versionId") ?? undefined);
}

const documentOf = ({ body }: ObjectRequest, root: string): Xml => parseXml(body.contents.toString(), root);
