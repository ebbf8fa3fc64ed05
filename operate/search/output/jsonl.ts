import type { LogValue } from "../../logs";
import { type Heading, plain } from "./cells";

const acting = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Returns a JSON text in one line, with control and format characters escaped. Its value stays the same. */
export const inertJson = (text: string): string =>
  text.replace(/[\t\r\n]+/g, " ").replace(acting, (character) =>
    // Characters outside the basic plane take two escapes.
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`)
      .join(""),
  );

/** Returns a row as a JSON object. JSON columns keep their text, so that no number loses digits. */
export const jsonRow = (headings: readonly Heading[], row: readonly LogValue[], zone: string): string =>
  inertJson(
    `{${headings
      .map(({ name, type }, i) => {
        const value = row[i] ?? null;
        const text =
          type === "JSON" && typeof value === "string" ? value : JSON.stringify(plain(value, zone));
        return `${JSON.stringify(name)}:${text}`;
      })
      .join(",")}}`,
  );
