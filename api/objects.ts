import type { S3Client } from "@aws-sdk/client-s3";
import type { CloudApi } from "./connection";
import { each } from "./each";
import { isCloudFailure } from "./failures";
import { ObjectFetcher } from "./objectFetcher";
import { objectStorage } from "./objectStorage";
import { versionPages } from "./versionPages";

/** Maximum number of objects that are fetched at the same time: 64, but two large ones, since these fill the memory. */
const [atOnce, largeAtOnce] = [64, 2];
/** Size in bytes at which an object counts as large. */
const large = 2 ** 20;

/** Version of an object, or a delete marker. */
export interface Version {
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  /** Time of the upload, milliseconds since 1970. */
  readonly at: number;
  /** Size in bytes. */
  readonly size: number;
}

/** Contents of an object. */
export interface Contents {
  readonly version: Version;
  readonly text: string;
  /** Id of the KMS key that encrypts the object; absent if there is none. */
  readonly kmsKeyId?: string;
}

/** Reader of a bucket's objects. */
export class ObjectReader implements Disposable {
  private constructor(
    private readonly client: S3Client,
    private readonly fetcher: ObjectFetcher,
    private readonly bucket: string,
  ) {}

  static async open(bucket: string, cloud: CloudApi): Promise<ObjectReader> {
    return new ObjectReader(await objectStorage(cloud), await ObjectFetcher.open(bucket, cloud), bucket);
  }

  /** Returns the service's time, milliseconds since 1970. @throws {CloudFailure} if a request fails. */
  time(): Promise<number | undefined> {
    return this.fetcher.time();
  }

  /**
   * Lists versions and delete markers by key. Those of one key are sorted from the newest to the oldest.
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
        ...DeleteMarkers.map((marker) => ({ ...marker, Size: 0, isDeleteMarker: true })),
      ];
      for (const entry of entries) {
        const { Key: key = "", VersionId, IsLatest = false, LastModified, Size = 0, isDeleteMarker } = entry;
        const version = {
          ...{ key, isDeleteMarker, isLatest: IsLatest, size: Size },
          versionId: VersionId ?? "null",
          at: LastModified?.getTime() ?? 0,
        };
        const known = byKey.get(key);
        if (known) known.push(version);
        else byKey.set(key, [version]);
      }
    }
    for (const versions of byKey.values())
      versions.sort((one, other) => Number(other.isLatest) - Number(one.isLatest) || other.at - one.at);
    return byKey;
  }

  /**
   * Reads objects, in no fixed order.
   *
   * @param use Receives the contents of each object. The reader keeps no contents.
   * @param refused Receives each version that cannot be read, with the failure.
   */
  async read(
    versions: readonly Version[],
    use: (contents: Contents) => void,
    refused: (version: Version, failure: unknown) => void,
  ): Promise<void> {
    const readOne = async (version: Version) => {
      const { key, versionId, isLatest } = version;
      try {
        // A request that names the version needs another permission, so the latest one is read without it.
        const { body, headers } = await this.fetcher.get(key, isLatest ? {} : { versionId });
        const kmsKeyId = headers["x-amz-server-side-encryption-aws-kms-key-id"]?.toString();
        use({ version, text: body.toString(), kmsKeyId });
      } catch (error) {
        if (!isCloudFailure(error)) throw error;
        refused(version, error);
      }
    };
    await each(
      versions.filter(({ size }) => size < large),
      readOne,
      atOnce,
    );
    await each(
      versions.filter(({ size }) => size >= large),
      readOne,
      largeAtOnce,
    );
  }

  /**
   * Lists the groups in the ACL of an object, by their URIs, with their permissions. @throws {CloudFailure} if the
   * request fails.
   */
  async groupsIn(key: string): Promise<{ readonly group: string; readonly permission: string }[]> {
    const { body } = await this.fetcher.get(key, { acl: "" });
    return body
      .toString()
      .split("<Grant>")
      .slice(1)
      .flatMap((grant) => {
        const group = /<URI>[^<]*\/([^<]*)<\/URI>/.exec(grant)?.[1];
        const permission = /<Permission>([^<]*)<\/Permission>/.exec(grant)?.[1];
        return group && permission ? [{ group, permission }] : [];
      });
  }

  [Symbol.dispose](): void {
    this.client.destroy();
    this.fetcher[Symbol.dispose]();
  }
}
