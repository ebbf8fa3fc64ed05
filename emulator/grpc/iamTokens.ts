import {
  CreateIamTokenForServiceAccountRequest,
  CreateIamTokenRequest,
  CreateIamTokenResponse,
  IamTokenServiceService,
  RevokeIamTokenRequest,
  RevokeIamTokenResponse,
} from "@yandex-cloud/nodejs-sdk/iam-v1/iam_token_service";
import type { Cloud } from "../backend/cloud";
import { type Service, unary } from "./service";

interface Credentials {
  readonly yandexPassportOauthToken?: string;
  readonly jwt?: string;
}

export const iamTokenService = (cloud: Cloud): Service => ({
  definition: IamTokenServiceService,
  methods: {
    // Asked for without a token: the credentials are in the request.
    create: unary(CreateIamTokenRequest, CreateIamTokenResponse, (_call, { jwt, ...oauth }: Credentials) =>
      cloud.tokens.issueWithEnd(
        jwt ? cloud.authorizedKeys.verifyJwt(jwt) : cloud.tokens.verifyOauth(oauth.yandexPassportOauthToken),
      ),
    ),
    createForServiceAccount: unary(
      CreateIamTokenForServiceAccountRequest,
      CreateIamTokenResponse,
      (call, { serviceAccountId: id }: { serviceAccountId: string }) => {
        cloud.serviceAccounts.require(id);
        cloud.access.require(call.subject, "iam.serviceAccounts.createToken", id);
        return cloud.tokens.issueWithEnd({ type: "serviceAccount", id });
      },
    ),
    revoke: unary(
      RevokeIamTokenRequest,
      RevokeIamTokenResponse,
      (_call, { iamToken }: { iamToken: string }) => ({
        subjectId: cloud.tokens.revoke(iamToken).id,
      }),
    ),
  },
});
