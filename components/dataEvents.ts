/**
 * Data events by service, without `yandex.cloud.audit.` and the service. `*` at the end matches any text, where the vendor
 * documents several events with the same beginning. All other events are management events. The list grows.
 * https://yandex.cloud/en/docs/audit-trails/concepts/events-data-plane
 */
const names: Readonly<Record<string, string>> = {
  ai:
    "foundationmodels.* foundationmodels.GetTextProcessingResult foundationmodels.TextProcessing mcp_hub.* " +
    "mcp_hub.InvokeMcpTool mcp_hub.ListMcpTools mcp_hub.StartMcpSession responses.* responses.GetResponse searchindex.* " +
    "searchindex.CreateSearchIndex searchindex.DeleteFilesFromSearchIndex searchindex.DeleteSearchIndex " +
    "searchindex.UploadFilesToSearchIndex",
  "ai.ocr": "GetRecognition RecognizeText",
  "ai.speechkit":
    "stt.* stt.GetRecognition stt.RecognizeSpeechAsync stt.RecognizeSpeechStream tts.* tts.UtteranceSynthesis",
  "ai.translate": "TranslateText",
  apploadbalancer: "LoadbalancerHTTPAccessLog LoadbalancerTCPAccessLog",
  certificatemanager: "GetCertificateContent",
  clouddesktop: "GenerateDesktopRDPFile ResetDesktopPassword",
  compute: "MigrateInstance serialssh.ConnectSerialPort",
  dns: "ProcessDnsQuery",
  iam:
    "CreateIamToken RevokeIamToken awscompatibility.CreateEphemeralAccessKey awscompatibility.CreateTemporaryAccessKey " +
    "credential.ApplicationLoginEvent credential.CreateRefreshTokenForSubject credential.RevokeRefreshTokenForSubject " +
    "credential.RevokeSsoSession mfa.VerifyUserCredential oslogin.CheckSshPolicy oslogin.GenerateSshCertificate",
  k8s:
    "apiserver.* apiserver.ApiServerApprove apiserver.ApiServerBind apiserver.ApiServerCreate apiserver.ApiServerDelete " +
    "apiserver.ApiServerDeleteCollection apiserver.ApiServerEscalate apiserver.ApiServerGet apiserver.ApiServerHead " +
    "apiserver.ApiServerImpersonate apiserver.ApiServerList apiserver.ApiServerNonstandardVerb apiserver.ApiServerOptions " +
    "apiserver.ApiServerPatch apiserver.ApiServerPost apiserver.ApiServerPut apiserver.ApiServerUpdate " +
    "apiserver.ApiServerWatch",
  kms:
    "Decrypt Encrypt GenerateDataKey ReEncrypt asymmetricencryption.AsymmetricDecrypt " +
    "asymmetricencryption.AsymmetricGetPublicKey asymmetricsignature.AsymmetricGetPublicKey " +
    "asymmetricsignature.AsymmetricSign asymmetricsignature.AsymmetricSignHash",
  lockbox: "GetPayload* GetPayload GetPayloadEx",
  "mdb.clickhouse":
    "CreateDatabase CreateFormatSchema CreateMlModel CreateUser DeleteDatabase DeleteFormatSchema DeleteMlModel " +
    "DeleteUser GrantUserPermission RevokeUserPermission SetClusterExtensions UpdateFormatSchema UpdateMlModel UpdateUser",
  "mdb.greenplum":
    "CreateHBARule CreatePXFDatasource CreateResourceGroup CreateUser DeleteHBARule DeletePXFDatasource " +
    "DeleteResourceGroup DeleteUser ListPXFDatasources ListUsers UpdateHBARule UpdatePXFDatasource UpdateResourceGroup " +
    "UpdateUser",
  "mdb.mongodb":
    "AuthCheck CreateDatabase CreateUser DeleteDatabase DeleteUser GenericAuditEvent GetDatabase GetUser " +
    "GrantUserPermission ListDatabases ListUsers RevokeUserPermission UpdateDatabase UpdateUser UserAuthentication " +
    "UserLogout",
  "mdb.mysql":
    "CreateDatabase CreateUser DatabaseUserSQLRequest DeleteDatabase DeleteUser GetDatabase GetUser GrantUserPermission " +
    "ListDatabases ListUsers RevokeUserPermission UpdateUser",
  "mdb.postgresql":
    "CreateDatabase CreateUser DatabaseUserLogin DatabaseUserLogout DatabaseUserSQLRequest DeleteDatabase DeleteUser " +
    "GetDatabase GetUser GrantUserPermission ListDatabases ListUsers RevokeUserPermission UpdateDatabase UpdateUser",
  "mdb.redis":
    "CreateUser DatabaseConnectionClose DatabaseConnectionOpen DatabaseUserLogin DeleteUser UpdateUser",
  "mdb.spqr":
    "AddClusterShards CreateDatabase CreateUser DeleteClusterShards DeleteDatabase DeleteUser UpdateUser",
  network: "CreateIpfix DeleteIpfix ExternalFlow",
  organizationmanager: "idp.AuthenticateByPassword",
  securitydeck: "",
  "securitydeck.accesstransparency": "ComputeNodeAccess MDBClusterAccess",
  "securitydeck.alerts": "CreateAlert",
  "securitydeck.cspm":
    "Asset* AssetFailedRuleCheck AssetPassedRuleCheck AssetRuleCheckCouldNotBeExecuted AssetRuleCheckNoLongerInScope",
  "securitydeck.kspm":
    "Trigger* TriggerAdmissionControl TriggerInventoryControlBatch TriggerInventoryControlEvent " +
    "TriggerInventoryControlSnapshot TriggerRuntimeControl TriggerRuntimeProcessInfo",
  smartwebsecurity: "ArlMatchedRequest SWSMatchedRequest WafMatchedExclusionRule WafMatchedRule",
  speechsense: "CreateTalksReport GetTalk GetTalkAudio SearchTalks UploadTalkToConnection",
  storage:
    "Object* ObjectAclUpdate ObjectCreate ObjectDelete ObjectGetByPresignURL ObjectTagsDelete ObjectTagsUpdate " +
    "ObjectUpdate PresignURLCreate",
  websql: "Execute GenerateSql GetDatabaseStructure",
  wiki:
    "AccessRequestCreate AccessRequestProcess AttachmentCreate AttachmentDelete AuthorRoleRequestCreate " +
    "AuthorRoleRequestProcess BookmarkCreate BookmarkDelete BookmarkTagsCreate BookmarkTagsDelete BookmarkUpdate " +
    "ClusterMove CommentCreate CommentDelete CommentUpdate GridAddColumns GridAddRows GridClone GridCreate GridDelete " +
    "GridImport GridMoveColumns GridMoveRows GridRemoveColumns GridRemoveRows GridRollback GridUpdate GridUpdateCells " +
    "GridUpdateColumn GridUpdateRow InviteActivate InviteDelete InviteReactivate InviteRemoveAccess " +
    "InviteRemoveAllAccesses InviteUse PageChangeOrder PageChangeToYFM PageClone PageCreate PageDelete PageImport " +
    "PageRecover PageUpdate RecoveryTokenDelete SubscriberDelete SubscribersAdd SubscriptionAdd SubscriptionDelete",
};

/** Patterns of the event types of data events by service. Some end with `*`; none has another `*`. */
export const knownDataEvents: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(names).map(([service, list]) => [
    service,
    list
      .split(" ")
      .filter((name) => name !== "")
      .map((name) => `yandex.cloud.audit.${service}.${name}`),
  ]),
);
