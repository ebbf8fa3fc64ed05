import { X509Certificate } from "node:crypto";
import type { Call } from "../calls";
import type { Changes } from "../changes";
import { CloudError } from "../errors";
import { emptyResponse, type Operation, type Operations } from "../operations";
import type { HttpsConfig } from "./bucket";
import type { Buckets } from "./buckets";

/** Request of clients: https://yandex.cloud/en/docs/storage/api-ref/Bucket/setHTTPSConfig. */
export interface HttpsRequest {
  readonly selfManaged?: { readonly certificatePem?: string };
  readonly certificateManager?: { readonly certificateId?: string };
}

/** Reads a certificate. @throws {CloudError} INVALID_ARGUMENT for a missing or unreadable certificate. */
function httpsConfigOf({ selfManaged, certificateManager }: HttpsRequest): HttpsConfig {
  if (certificateManager?.certificateId)
    return {
      sourceType: "SOURCE_TYPE_MANAGED_BY_CERTIFICATE_MANAGER",
      certificateId: certificateManager.certificateId,
    };
  try {
    const { issuer, subject, subjectAltName, validFrom, validTo } = new X509Certificate(
      selfManaged?.certificatePem ?? "",
    );
    return {
      sourceType: "SOURCE_TYPE_SELF_MANAGED",
      issuer,
      subject,
      dnsNames: [...(subjectAltName ?? "").matchAll(/DNS:([^,\s]+)/g)].map(([, name = ""]) => name),
      notBefore: new Date(validFrom).toISOString(),
      notAfter: new Date(validTo).toISOString(),
    };
  } catch {
    throw new CloudError("INVALID_ARGUMENT", "A certificate is required: in PEM, or its id");
  }
}

/** Services of the cloud that this one uses. */
interface Needs {
  readonly changes: Changes;
  readonly operations: Operations;
  readonly buckets: Buckets;
}

/** Certificates of buckets. */
export class BucketHttps {
  constructor(private readonly cloud: Needs) {}

  /** Returns the certificate. @throws {CloudError} NOT_FOUND if the bucket has none. */
  get(call: Call, name: string): object {
    const { https } = this.cloud.buckets.get(call, name);
    if (!https) throw new CloudError("NOT_FOUND", `Bucket ${name} has no HTTPS configuration`);
    return { name, ...https };
  }

  set(call: Call, name: string, request: HttpsRequest): Operation {
    return this.change(call, name, "Set", () => httpsConfigOf(request));
  }

  delete(call: Call, name: string): Operation {
    return this.change(call, name, "Delete", () => undefined);
  }

  private change(
    call: Call,
    name: string,
    verb: "Set" | "Delete",
    work: () => HttpsConfig | undefined,
  ): Operation {
    return this.cloud.changes.make(
      call,
      this.cloud.buckets.changeOf(name, "storage.BucketHttpsUpdate", { name }),
      () => {
        const https = work();
        this.cloud.buckets.put({ ...this.cloud.buckets.require(name), https });
        const result = this.cloud.operations.finished(
          call,
          "e3e",
          `${verb} HTTPS configuration`,
          { type: `yandex.cloud.storage.v1.${verb}BucketHTTPSConfigMetadata`, value: { name } },
          https ? { type: "yandex.cloud.storage.v1.HTTPSConfig", value: { name, ...https } } : emptyResponse,
        );
        return { result };
      },
    );
  }
}
