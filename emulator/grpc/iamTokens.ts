import {
  CreateIamTokenForServiceAccountRequest,
  CreateIamTokenRequest,
  CreateIamTokenResponse,
  IamTokenServiceService,
  RevokeIamTokenRequest,
  RevokeIamTokenResponse,
} from "@yandex-cloud/nodejs-sdk/iam-v1/iam_token_service";
import type { Cloud } from "../backend/cloud";
import type { Credentials } from "../backend/iam/iamTokens";
import { type Service, unary } from "./service";

export const iamTokenService = (cloud: Cloud): Service => ({
  definition: IamTokenServiceService,
  methods: {
    // Asked for without a token: the credentials are in the request.
    create: unary(CreateIamTokenRequest, CreateIamTokenResponse, (call, credentials: Credentials) =>
      cloud.iamTokens.create(call, credentials),
    ),
    createForServiceAccount: unary(
      CreateIamTokenForServiceAccountRequest,
      CreateIamTokenResponse,
      (call, { serviceAccountId }: { serviceAccountId: string }) =>
        cloud.iamTokens.createForServiceAccount(call, serviceAccountId),
    ),
    revoke: unary(
      RevokeIamTokenRequest,
      RevokeIamTokenResponse,
      (call, { iamToken }: { iamToken: string }) => ({
        subjectId: cloud.iamTokens.revoke(call, iamToken).id,
      }),
    ),
  },
});
