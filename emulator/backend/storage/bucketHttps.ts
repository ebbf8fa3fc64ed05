import { X509Certificate } from "node:crypto";
import type { Call, Changes } from "../calls";
import { CloudError } from "../errors";
import { emptyResponse, type Operation, type Operations } from "../operations";
import type { Buckets } from "./buckets";

/** A bucket's certificate, as the vendor's HTTPSConfig. The private key is not kept. */
export interface HttpsConfig {
  readonly sourceType: string;
  readonly certificateId?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly dnsNames?: readonly string[];
  readonly notBefore?: string;
  readonly notAfter?: string;
}

/** What clients ask for: https://yandex.cloud/en/docs/storage/api-ref/Bucket/setHTTPSConfig. */
export interface HttpsRequest {
  readonly selfManaged?: { readonly certificatePem?: string };
  readonly certificateManager?: { readonly certificateId?: string };
}

/** @throws {CloudError} INVALID_ARGUMENT for a certificate that cannot be read, or none. */
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

/** What is needed of the cloud. */
interface Needs {
  readonly changes: Changes;
  readonly operations: Operations;
  readonly buckets: Buckets;
}

/** The certificates under which buckets are served. */
export class BucketHttps {
  constructor(private readonly cloud: Needs) {}

  /** @throws {CloudError} NOT_FOUND if the bucket has no certificate. */
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
