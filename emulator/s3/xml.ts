import { XMLBuilder, XMLParser, XMLValidator } from "fast-xml-parser";
import { S3Error } from "./errors";

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
const parser = new XMLParser({ removeNSPrefix: true, parseTagValue: false, ignoreAttributes: true });
const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true });

/** An XML document as nested objects; elements that repeat are arrays, values are text. */
export type Xml = { readonly [element: string]: Xml | readonly Xml[] | string | undefined };

/** @throws {S3Error} MalformedXML for text that is no XML with that root, or that brings its own entities. */
export function parseXml(text: string, root: string): Xml {
  try {
    if (XMLValidator.validate(text) === true && !text.includes("<!DOCTYPE")) {
      const document = parser.parse(text) as Xml;
      if (root in document) return document;
    }
  } catch {
    // Told below: nested too deeply, for one.
  }
  throw new S3Error(400, "MalformedXML", `The document must be a ${root}`);
}

/** A document of S3's namespace. */
export const toXml = (root: string, contents: object = {}): string =>
  toPlainXml(root, { "@_xmlns": namespace, ...contents });

/** A document without a namespace, as errors are. */
export const toPlainXml = (root: string, contents: object): string =>
  builder.build({ "?xml": { "@_version": "1.0", "@_encoding": "UTF-8" }, [root]: contents });

/** The element at a path, always as a list. */
export function elements(document: Xml | undefined, ...path: readonly string[]): Xml[] {
  let found: unknown[] = [document];
  for (const name of path) found = found.flatMap((element) => (element as Xml | undefined)?.[name] ?? []);
  return found as Xml[];
}

/** The text at a path, if there is one. */
export function textAt(document: Xml | undefined, ...path: readonly string[]): string | undefined {
  const found: unknown = elements(document, ...path)[0];
  return typeof found === "string" ? found : undefined;
}

/** All texts at a path. */
export const textsAt = (document: Xml | undefined, ...path: readonly string[]): string[] =>
  elements(document, ...path).filter((found: unknown) => typeof found === "string") as unknown as string[];

/** The whole number at a path, if there is one. @throws {S3Error} MalformedXML for other text. */
export function numberAt(document: Xml | undefined, ...path: readonly string[]): number | undefined {
  const text = textAt(document, ...path);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new S3Error(400, "MalformedXML");
  return Number(text);
}
