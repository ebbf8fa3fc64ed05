import type { Cloud } from "../backend/cloud";
import type { Service } from "./service";

interface KeyUse {
  readonly keyId: string;
}

export const symmetricCryptoService = (cloud: Cloud): Service => ({
  name: "yandex.cloud.kms.v1.SymmetricCryptoService",
  methods: {
    encrypt: (call, request: KeyUse) => cloud.crypto.encrypt(call, request),
    decrypt: (call, request: KeyUse) => cloud.crypto.decrypt(call, request),
    reEncrypt: (call, request: KeyUse & { sourceKeyId: string }) => cloud.crypto.reEncrypt(call, request),
    generateDataKey: (call, request: KeyUse) => cloud.crypto.generateDataKey(call, request),
  },
});
