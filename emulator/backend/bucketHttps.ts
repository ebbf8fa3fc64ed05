import { X509Certificate } from "node:crypto";
import { CloudError } from "./errors";

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
export function httpsConfigOf({ selfManaged, certificateManager }: HttpsRequest): HttpsConfig {
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
