import * as fc from "fast-check";
import { EncryptionKey } from "../../components";
import { canonicalDuration } from "../../components/duration";
import { register } from "../support/mocks";

test.each([
  ["8760h", "8760h0m0s"],
  ["2160h", "2160h0m0s"],
  ["90m", "1h30m0s"],
  ["1h30m", "1h30m0s"],
  ["1.5h", "1h30m0s"],
  ["0h45m", "45m0s"],
  ["59s", "59s"],
  ["90s", "1m30s"],
  ["30m1h", "1h30m0s"],
  ["1500ms", "1.5s"],
  ["1h1us", "1h0m0.000001s"],
  ["250ms", "250ms"],
  ["1500ns", "1.5µs"],
])("%s is %s, as Go prints it", (given, canonical) => {
  expect(canonicalDuration(given)).toBe(canonical);
});

test("the canonical form of a canonical form is itself", () => {
  const unit = fc.constantFrom("h", "m", "s", "ms", "us", "ns");
  const part = fc.tuple(fc.integer({ min: 1, max: 99_999 }), unit).map(([count, of]) => `${count}${of}`);
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
      const canonical = canonicalDuration(parts.join(""));
      expect(canonicalDuration(canonical)).toBe(canonical);
    }),
  );
});

test.each([
  ["365d", 'must be a Go duration such as 8760h, not "365d"'],
  ["", 'must be a Go duration such as 8760h, not ""'],
  ["0h0m", 'must be longer than zero, not "0h0m"'],
  ["2562048h", 'must be at most 2562047h, the longest that Go knows, not "2562048h"'],
])(
  "a key's rotation period of %j is refused before any resource is registered",
  async (rotationPeriod, reason) => {
    const refused = register(() => new EncryptionKey("key", { folderId: "folder", rotationPeriod }));
    await expect(refused).rejects.toThrow(`rotationPeriod: ${reason}`);
  },
);

test("a rotation period that is known only later gets the canonical form too", async () => {
  const { resources } = await register(
    () => new EncryptionKey("key", { folderId: "folder", rotationPeriod: Promise.resolve("2160h") }),
  );
  expect(resources[0]?.inputs.rotationPeriod).toBe("2160h0m0s");
});
