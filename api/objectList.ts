import { CloudFailure } from "./failures";
import type { ObjectFetcher } from "./objectFetcher";

/** Object in a listing. */
export interface ListedObject {
  readonly key: string;
  /** Size in bytes. */
  readonly size: number;
  readonly etag: string;
}

/** Page of a listing. */
export interface ListedPage {
  /** Time of the answer by the service's clock, milliseconds since 1970; absent if the answer has no date. */
  readonly at?: number;
  readonly objects: readonly ListedObject[];
  /** Folders: beginnings of other keys, up to the first slash after the prefix. Empty unless `inFolder` is set. */
  readonly prefixes: readonly string[];
}

/**
 * Yields the pages of a listing: https://yandex.cloud/en/docs/storage/s3/api-ref/bucket/listobjectsv2
 *
 * No S3 client is used: loading one takes longer than a listing.
 *
 * @param prefix Beginning of the keys.
 * @param inFolder True to list keys with another slash by their prefixes only.
 * @throws {CloudFailure} if a request fails.
 */
export async function* listObjects(
  fetcher: ObjectFetcher,
  prefix: string,
  { inFolder = false } = {},
): AsyncGenerator<ListedPage> {
  for (let token: string | undefined = ""; token !== undefined; ) {
    const { body, headers } = await fetcher.get("", {
      "list-type": "2",
      prefix,
      ...(inFolder && { delimiter: "/" }),
      ...(token && { "continuation-token": token }),
    });
    const text = body.toString();
    const at = Date.parse(headers.date ?? "");
    yield {
      ...(!Number.isNaN(at) && { at }),
      objects: elementsOf(text, "Contents").map((object) => ({
        key: textOf(object, "Key") ?? "",
        size: Number(textOf(object, "Size") ?? 0),
        etag: (textOf(object, "ETag") ?? "").replaceAll('"', ""),
      })),
      prefixes: elementsOf(text, "CommonPrefixes").flatMap((element) => textOf(element, "Prefix") ?? []),
    };
    const isCut = textOf(text, "IsTruncated") === "true";
    token = isCut ? textOf(text, "NextContinuationToken") : undefined;
    if (isCut && !token) throw new CloudFailure("A listing ends without naming its next page");
  }
}

const elementsOf = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map(([, inner = ""]) => inner);

const textOf = (xml: string, name: string): string | undefined => {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g, (found, decimal, hex, name_) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    return entities[name_] ?? found;
  });
};

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
