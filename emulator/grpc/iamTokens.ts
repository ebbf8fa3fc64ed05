import type { Cloud } from "../backend/cloud";
import type { Credentials } from "../backend/iam/iamTokens";
import type { Service } from "./service";

export const iamTokenService = (cloud: Cloud): Service => ({
  name: "yandex.cloud.iam.v1.IamTokenService",
  methods: {
    // Called without a token: the credentials are in the request.
    create: (call, credentials: Credentials) => cloud.iamTokens.create(call, credentials),
    createForServiceAccount: (call, { serviceAccountId }: { serviceAccountId: string }) =>
      cloud.iamTokens.createForServiceAccount(call, serviceAccountId),
    revoke: (call, { iamToken }: { iamToken: string }) => ({
      subjectId: cloud.iamTokens.revoke(call, iamToken).id,
    }),
  },
});
