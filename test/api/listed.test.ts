import { listAll } from "../../api/listed";

const pages: Readonly<Record<string, { items: readonly number[]; nextPageToken: string }>> = {
  "": { items: [1, 2], nextPageToken: "second" },
  second: { items: [], nextPageToken: "third" },
  third: { items: [3], nextPageToken: "" },
};

const pageOf = async (token: string) => {
  const page = pages[token];
  if (!page) throw new Error(`There is no page "${token}".`);
  return page;
};

test("a list has the items of every page, also after an empty one", async () => {
  expect(await listAll(pageOf, ({ items }) => items)).toEqual([1, 2, 3]);
});

test("a page that cannot be read fails the whole list", async () => {
  const list = (token: string) => (token === "third" ? Promise.reject(new Error("denied")) : pageOf(token));
  await expect(listAll(list, ({ items }) => items)).rejects.toThrow("denied");
});
