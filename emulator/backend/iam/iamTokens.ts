import type { DataEvents } from "../auditTrails/dataEvents";
import type { Call } from "../calls";
import type { Access, Subject } from "./access";
import type { AuthorizedKeys } from "./authorizedKeys";
import type { ServiceAccounts } from "./serviceAccounts";
import { type IssuedToken, masked, type Tokens } from "./tokens";

/** Credentials for a token. */
export interface Credentials {
  readonly yandexPassportOauthToken?: string;
  /** JWT, signed with an authorized key. */
  readonly jwt?: string;
}

/** Services of the cloud that this one uses. */
interface Needs {
  readonly access: Access;
  readonly tokens: Tokens;
  readonly serviceAccounts: ServiceAccounts;
  readonly authorizedKeys: AuthorizedKeys;
  readonly dataEvents: DataEvents;
  readonly organizationId: string;
}

/** Calls that create and revoke IAM tokens. As in all services, wrong credentials cause no event. */
export class IamTokens {
  constructor(private readonly cloud: Needs) {}

  /** Creates a token. @throws {CloudError} UNAUTHENTICATED for wrong credentials. */
  create(call: Call, { jwt, yandexPassportOauthToken }: Credentials): IssuedToken {
    const subject = jwt
      ? this.cloud.authorizedKeys.verifyJwt(jwt)
      : this.cloud.tokens.verifyOauth(yandexPassportOauthToken);
    return this.issue({ ...call, subject }, subject);
  }

  createForServiceAccount(call: Call, id: string): IssuedToken {
    this.cloud.serviceAccounts.require(id);
    return this.issue(call, { type: "serviceAccount", id }, () =>
      this.cloud.access.require(call.subject, "iam.serviceAccounts.createToken", id),
    );
  }

  /** Revokes a token. @returns the subject of the token. */
  revoke(call: Call, iamToken: string): Subject {
    const subject = this.cloud.tokens.revoke(iamToken);
    return this.observe(call, "RevokeIamToken", subject, () => subject, {
      maskedIamToken: masked(iamToken),
    });
  }

  private issue(call: Call, subject: Subject, check: () => void = () => {}): IssuedToken {
    return this.observe(call, "CreateIamToken", subject, () => {
      check();
      if (subject.type === "serviceAccount") this.cloud.serviceAccounts.noteAuthentication(subject.id);
      return this.cloud.tokens.issueWithEnd(subject);
    });
  }

  private observe<T>(call: Call, verb: string, { type, id }: Subject, work: () => T, details?: object): T {
    // Users belong to the organization.
    const on = type === "serviceAccount" ? id : this.cloud.organizationId;
    const what = { event: `iam.${verb}`, on, details: { subjectId: id, ...details } };
    return this.cloud.dataEvents.observe({ ...call.subject, call }, what, work);
  }
}
