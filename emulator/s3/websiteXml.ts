import type { WebsiteSettings } from "../backend/storage/bucket";
import { S3Error } from "./errors";
import { elements, textAt, toXml, type Xml } from "./xml";

const protocolIn = (text: string | undefined): string =>
  text ? `PROTOCOL_${text.toUpperCase()}` : "PROTOCOL_UNSPECIFIED";

const protocolText = (protocol: string | undefined): string | undefined =>
  ({ PROTOCOL_HTTP: "http", PROTOCOL_HTTPS: "https" })[protocol ?? ""];

/** Reads a WebsiteConfiguration. @throws {S3Error} MalformedXML if it has neither an index nor a redirect. */
export function websiteIn(document: Xml): WebsiteSettings {
  const [website] = elements(document, "WebsiteConfiguration");
  const [redirect] = elements(website, "RedirectAllRequestsTo");
  const index = textAt(website, "IndexDocument", "Suffix");
  if (!index && !redirect) throw new S3Error(400, "MalformedXML", "A website needs an index or a redirect");
  return {
    index: index ?? "",
    error: textAt(website, "ErrorDocument", "Key") ?? "",
    redirectAllRequests: redirect && {
      hostname: textAt(redirect, "HostName") ?? "",
      protocol: protocolIn(textAt(redirect, "Protocol")),
    },
    routingRules: elements(website, "RoutingRules", "RoutingRule").map((rule) => ({
      condition: {
        keyPrefixEquals: textAt(rule, "Condition", "KeyPrefixEquals") ?? "",
        httpErrorCodeReturnedEquals: textAt(rule, "Condition", "HttpErrorCodeReturnedEquals") ?? "",
      },
      redirect: {
        hostname: textAt(rule, "Redirect", "HostName") ?? "",
        httpRedirectCode: textAt(rule, "Redirect", "HttpRedirectCode") ?? "",
        protocol: protocolIn(textAt(rule, "Redirect", "Protocol")),
        replaceKeyPrefixWith: textAt(rule, "Redirect", "ReplaceKeyPrefixWith") ?? "",
        replaceKeyWith: textAt(rule, "Redirect", "ReplaceKeyWith") ?? "",
      },
    })),
  };
}

export function websiteXml({
  index,
  error,
  redirectAllRequests,
  routingRules = [],
}: WebsiteSettings): string {
  return toXml("WebsiteConfiguration", {
    IndexDocument: index ? { Suffix: index } : undefined,
    ErrorDocument: error ? { Key: error } : undefined,
    RedirectAllRequestsTo: redirectAllRequests && {
      HostName: redirectAllRequests.hostname,
      Protocol: protocolText(redirectAllRequests.protocol),
    },
    RoutingRules: routingRules.length > 0 && {
      RoutingRule: routingRules.map(({ condition, redirect }) => ({
        Condition: condition && {
          KeyPrefixEquals: condition.keyPrefixEquals || undefined,
          HttpErrorCodeReturnedEquals: condition.httpErrorCodeReturnedEquals || undefined,
        },
        Redirect: redirect && {
          HostName: redirect.hostname || undefined,
          HttpRedirectCode: redirect.httpRedirectCode || undefined,
          Protocol: protocolText(redirect.protocol),
          ReplaceKeyPrefixWith: redirect.replaceKeyPrefixWith || undefined,
          ReplaceKeyWith: redirect.replaceKeyWith || undefined,
        },
      })),
    },
  });
}
