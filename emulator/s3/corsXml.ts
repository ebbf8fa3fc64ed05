import type { CorsRule } from "../backend/storage/bucket";
import { S3Error } from "./errors";
import { elements, numberAt, textAt, textsAt, toXml, type Xml } from "./xml";

const methods = ["GET", "HEAD", "POST", "PUT", "DELETE"];

/** Reads the rules of a CORSConfiguration. @throws {S3Error} MalformedXML for a rule without origins or valid methods. */
export function corsRulesIn(document: Xml): CorsRule[] {
  const rules = elements(document, "CORSConfiguration", "CORSRule").map((rule): CorsRule => {
    const [allowed, origins] = [textsAt(rule, "AllowedMethod"), textsAt(rule, "AllowedOrigin")];
    if (origins.length === 0 || allowed.length === 0 || !allowed.every((method) => methods.includes(method)))
      throw new S3Error(400, "MalformedXML", `A rule needs origins, and methods among ${methods.join(", ")}`);
    return {
      id: textAt(rule, "ID") ?? "",
      allowedMethods: allowed.map((method) => `METHOD_${method}`),
      allowedOrigins: origins,
      allowedHeaders: textsAt(rule, "AllowedHeader"),
      exposeHeaders: textsAt(rule, "ExposeHeader"),
      maxAgeSeconds: numberAt(rule, "MaxAgeSeconds"),
    };
  });
  if (rules.length === 0) throw new S3Error(400, "MalformedXML");
  return rules;
}

export function corsXml(rules: readonly CorsRule[]): string {
  return toXml("CORSConfiguration", {
    CORSRule: rules.map((rule) => ({
      ID: rule.id || undefined,
      AllowedMethod: rule.allowedMethods?.map((method) => method.replace("METHOD_", "")),
      AllowedOrigin: rule.allowedOrigins,
      AllowedHeader: rule.allowedHeaders,
      ExposeHeader: rule.exposeHeaders,
      MaxAgeSeconds: rule.maxAgeSeconds,
    })),
  });
}
