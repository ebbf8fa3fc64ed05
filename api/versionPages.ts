import type { ListObjectVersionsOutput, S3Client } from "@aws-sdk/client-s3";
import { CloudFailure } from "./failures";

interface Page {
  readonly IsTruncated?: boolean;
  readonly NextKeyMarker?: string;
}

/**
 * Yields all pages of a listing. It requests the next page before it yields the current one. So the caller may delete
 * the objects of a page, and the marker of the next page still exists when it is used.
 */
export async function* pages<P extends Page>(listAfter: (page: Partial<P>) => Promise<P>): AsyncGenerator<P> {
  for (let page: P | undefined = await listAfter({}); page; ) {
    if (page.IsTruncated && !page.NextKeyMarker)
      throw new CloudFailure("A page of a listing does not name the next page");
    const next: P | undefined = page.IsTruncated ? await listAfter(page) : undefined;
    yield page;
    page = next;
  }
}

/**
 * Lists versions and delete markers of a bucket.
 *
 * @param prefix Prefix of their keys.
 * @param after Key after which the listing begins.
 */
export async function* versionPages(
  client: S3Client,
  Bucket: string,
  prefix?: string,
  after?: string,
): AsyncGenerator<ListObjectVersionsOutput> {
  const { ListObjectVersionsCommand } = await import("@aws-sdk/client-s3");
  yield* pages<ListObjectVersionsOutput>(({ NextKeyMarker = after, NextVersionIdMarker }) =>
    client.send(
      new ListObjectVersionsCommand({
        Bucket,
        Prefix: prefix,
        KeyMarker: NextKeyMarker,
        VersionIdMarker: NextVersionIdMarker,
      }),
    ),
  );
}
