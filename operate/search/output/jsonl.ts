import type { LogValue } from "../../logs";
import { type Heading, plain } from "./cells";

const acting = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON text with nothing in it that acts on a terminal: its strings say the same with escapes. In one line. */
export const inertJson = (text: string): string =>
  text.replace(/[\t\r\n]+/g, " ").replace(acting, (character) =>
    // Characters outside of the basic plane are two escapes.
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`)
      .join(""),
  );

/** A row as an object. JSON columns stand in it as they are, so that no number loses digits. */
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
