import {
  GenerateDataKeyRequest,
  GenerateDataKeyResponse,
  SymmetricCryptoServiceService,
  SymmetricDecryptRequest,
  SymmetricDecryptResponse,
  SymmetricEncryptRequest,
  SymmetricEncryptResponse,
  SymmetricReEncryptRequest,
  SymmetricReEncryptResponse,
} from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_crypto_service";
import type { Cloud } from "../backend/cloud";
import { type Service, unary } from "./service";

interface KeyUse {
  readonly keyId: string;
}

export const symmetricCryptoService = (cloud: Cloud): Service => ({
  definition: SymmetricCryptoServiceService,
  methods: {
    encrypt: unary(SymmetricEncryptRequest, SymmetricEncryptResponse, (call, request: KeyUse) =>
      cloud.crypto.encrypt(call, request),
    ),
    decrypt: unary(SymmetricDecryptRequest, SymmetricDecryptResponse, (call, request: KeyUse) =>
      cloud.crypto.decrypt(call, request),
    ),
    reEncrypt: unary(
      SymmetricReEncryptRequest,
      SymmetricReEncryptResponse,
      (call, request: KeyUse & { sourceKeyId: string }) => cloud.crypto.reEncrypt(call, request),
    ),
    generateDataKey: unary(GenerateDataKeyRequest, GenerateDataKeyResponse, (call, request: KeyUse) =>
      cloud.crypto.generateDataKey(call, request),
    ),
  },
});
