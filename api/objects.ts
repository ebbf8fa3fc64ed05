import type { S3Client } from "@aws-sdk/client-s3";
import type { CloudApi } from "./connection";
import { each } from "./each";
import { objectStorage } from "./objectStorage";
import { versionPages } from "./versionPages";

/** A version of an object, or a delete marker. */
export interface Version {
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  /** When it was put, milliseconds since 1970. */
  readonly at: number;
}

/** What an object holds. */
export interface Contents {
  readonly version: Version;
  readonly text: string;
  /** The key that encrypts it; absent if none does. */
  readonly kmsKeyId?: string;
}

/** Reads the objects of a bucket. */
export class ObjectReader implements Disposable {
  private constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  static async open(bucket: string, cloud: CloudApi): Promise<ObjectReader> {
    return new ObjectReader(await objectStorage(cloud), bucket);
  }

  /**
   * Versions and delete markers by key, those of a key from the newest to the oldest.
   *
   * @param after Key after which the listing begins.
   * @throws {Error} the client's error if a request fails.
   */
  async versions(prefix: string, after?: string): Promise<Map<string, Version[]>> {
    const byKey = new Map<string, Version[]>();
    for await (const { Versions = [], DeleteMarkers = [] } of versionPages(
      this.client,
      this.bucket,
      prefix,
      after,
    )) {
      const entries = [
        ...Versions.map((version) => ({ ...version, isDeleteMarker: false })),
        ...DeleteMarkers.map((marker) => ({ ...marker, isDeleteMarker: true })),
      ];
      for (const { Key: key = "", VersionId, IsLatest = false, LastModified, isDeleteMarker } of entries) {
        const version = {
          ...{ key, isDeleteMarker, isLatest: IsLatest },
          versionId: VersionId ?? "null",
          at: LastModified?.getTime() ?? Number.NaN,
        };
        byKey.set(key, [...(byKey.get(key) ?? []), version]);
      }
    }
    for (const versions of byKey.values())
      versions.sort((one, other) => Number(other.isLatest) - Number(one.isLatest) || other.at - one.at);
    return byKey;
  }

  /** @throws {Error} the client's error if a request fails. */
  async read(versions: readonly Version[]): Promise<Contents[]> {
    const { GetObjectCommand } = await import("@aws-sdk/client-s3");
    const contents: Contents[] = [];
    await each([...versions.entries()], async ([position, version]) => {
      const { key: Key, versionId, isLatest } = version;
      // Naming the version takes another right.
      const VersionId = isLatest ? undefined : versionId;
      const { Body, SSEKMSKeyId } = await this.client.send(
        new GetObjectCommand({ Bucket: this.bucket, Key, VersionId }),
      );
      const text = (await Body?.transformToString()) ?? "";
      contents[position] = { version, text, kmsKeyId: SSEKMSKeyId };
    });
    return contents;
  }

  [Symbol.dispose](): void {
    this.client.destroy();
  }
}
