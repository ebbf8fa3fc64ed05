import { promises as fs } from "node:fs";

/** Size of a chunk, bytes. */
const chunkSize = 2 ** 20;

/** Yields the contents of a file in chunks. Each ends after an ASCII byte, so no UTF-8 character is cut. */
export async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  const file = await fs.open(path);
  try {
    let left = Buffer.alloc(0);
    for (;;) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(chunkSize), 0, chunkSize);
      if (bytesRead === 0) break;
      const all = Buffer.concat([left, buffer.subarray(0, bytesRead)]);
      let end = all.length;
      while (end > 0 && (all[end - 1] ?? 0) >= 0x80) end -= 1;
      yield all.subarray(0, end);
      left = all.subarray(end);
    }
    if (left.length > 0) yield left;
  } finally {
    await file.close();
  }
}
