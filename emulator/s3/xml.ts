import { XMLBuilder, XMLParser, XMLValidator } from "fast-xml-parser";

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
const parser = new XMLParser({ removeNSPrefix: true, parseTagValue: false, ignoreAttributes: true });
const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true });

/** An XML document as nested objects; elements that repeat are arrays, values are text. */
export type Xml = { readonly [element: string]: Xml | readonly Xml[] | string | undefined };

/** @returns the document, or nothing for text that is no XML. */
export function parseXml(text: string): Xml | undefined {
  return XMLValidator.validate(text) === true ? (parser.parse(text) as Xml) : undefined;
}

/** A document of S3's namespace. */
export function toXml(root: string, contents: object = {}): string {
  const document = {
    "?xml": { "@_version": "1.0", "@_encoding": "UTF-8" },
    [root]: { "@_xmlns": namespace, ...contents },
  };
  return builder.build(document);
}

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
