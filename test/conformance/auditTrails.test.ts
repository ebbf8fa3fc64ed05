import {
  Trail,
  Trail_Codec,
  Trail_EventAccessTypeFilter,
  Trail_EventCategoryFilter,
  Trail_Status,
} from "@yandex-cloud/nodejs-sdk/audittrails-v1/trail";
import {
  CreateTrailMetadata,
  CreateTrailRequest,
  type DeepPartial,
  DeleteTrailMetadata,
  TrailServiceClient,
  UpdateTrailMetadata,
  UpdateTrailRequest,
} from "@yandex-cloud/nodejs-sdk/audittrails-v1/trail_service";
import { BucketServiceClient, CreateBucketRequest } from "@yandex-cloud/nodejs-sdk/storage-v1/bucket_service";
import { any, empty, useTarget } from "./support/target";

const message = (name: string) => `yandex.cloud.audittrails.v1.${name}`;
const trailType = [message("Trail"), Trail] as const;

const target = useTarget();
let bucketId: string;
let serviceAccountId: string;
beforeAll(async () => {
  serviceAccountId = await target().serviceAccount("trail", "audit-trails.viewer", "storage.uploader");
  const buckets = target().client(BucketServiceClient);
  bucketId = target().name("conformance");
  const request = CreateBucketRequest.fromPartial({ folderId: target().folderId, name: bucketId });
  await target().finished(await buckets.create(request), any(), any());
  target().atEnd(() => buckets.delete({ name: bucketId }));
});

const trails = () => target().client(TrailServiceClient);
const scope = () => ({ id: target().folderId, type: "resource-manager.folder" });

async function create(fields: DeepPartial<CreateTrailRequest> = {}): Promise<Trail> {
  const request = CreateTrailRequest.fromPartial({
    folderId: target().folderId,
    name: target().name("trail"),
    serviceAccountId,
    destination: { objectStorage: { bucketId, objectPrefix: "logs" } },
    filteringPolicy: { managementEventsFilter: { resourceScopes: [scope()] } },
    ...fields,
  } as DeepPartial<CreateTrailRequest> as never);
  const { metadata, response } = await target().finished(
    await trails().create(request),
    [message("CreateTrailMetadata"), CreateTrailMetadata],
    trailType,
  );
  expect(metadata).toEqual({ trailId: response.id });
  // The quota is three trails in a cloud.
  target().atEnd(() => trails().delete({ trailId: response.id }));
  return response;
}

async function remove({ id: trailId }: Trail): Promise<void> {
  const { metadata } = await target().finished(
    await trails().delete({ trailId }),
    [message("DeleteTrailMetadata"), DeleteTrailMetadata],
    empty,
  );
  expect(metadata).toEqual({ trailId });
  await expect(trails().get({ trailId })).rejects.toThrow("NOT_FOUND");
}

/** https://yandex.cloud/en/docs/audit-trails/api-ref/Trail/create */
test("a trail has what it was created with, and its cloud", async () => {
  const fields = {
    description: "all of it",
    labels: { team: "security" },
    filteringPolicy: {
      managementEventsFilter: { resourceScopes: [scope()] },
      dataEventsFilters: [
        {
          service: "kms",
          resourceScopes: [scope()],
          excludedEvents: { eventTypes: ["yandex.cloud.audit.kms.Encrypt"] },
        },
        { service: "dns", resourceScopes: [scope()], dnsFilter: { includeNonrecursiveQueries: true } },
      ],
    },
  };
  const created = await create(fields);
  expect(created).toMatchObject({
    ...fields,
    folderId: target().folderId,
    cloudId: await target().cloudId(),
    serviceAccountId,
    destination: { objectStorage: { bucketId, objectPrefix: "logs" } },
    status: Trail_Status.ACTIVE,
    statusErrorMessage: "",
  });
  expect(await trails().get({ trailId: created.id })).toEqual(created);
  const filter = `name = "${created.name}"`;
  const page = { folderId: target().folderId, pageSize: 10, pageToken: "", filter, orderBy: "" };
  expect((await trails().list(page)).trails).toEqual([created]);
  await remove(created);
});

/** https://yandex.cloud/en/docs/audit-trails/api-ref/Trail/list */
test("a list of trails comes in the order that is asked for", async () => {
  const [first, second] = [
    await create({ name: target().name("a") }),
    await create({ name: target().name("b") }),
  ];
  const listed = async (orderBy: string) => {
    const page = { folderId: target().folderId, pageSize: 100, pageToken: "", filter: "", orderBy };
    const names = (await trails().list(page)).trails.map(({ name }) => name);
    return names.filter((name) => name === first.name || name === second.name);
  };
  expect(await listed("name")).toEqual([first.name, second.name]);
  expect(await listed("name desc")).toEqual([second.name, first.name]);
  expect(await listed("created_at")).toEqual([first.name, second.name]);
  await expect(listed("labels")).rejects.toThrow("INVALID_ARGUMENT");
  for (const trail of [first, second]) await remove(trail);
});

/** https://yandex.cloud/en/docs/audit-trails/api-ref/Trail/update */
test("an update changes the fields of its mask, and no others", async () => {
  const created = await create({ description: "old", labels: { team: "security" } });
  const update = async (fields: DeepPartial<UpdateTrailRequest>, ...paths: string[]) => {
    const request = { trailId: created.id, ...fields, updateMask: { paths } };
    const { metadata, response } = await target().finished(
      await trails().update(UpdateTrailRequest.fromPartial(request as never)),
      [message("UpdateTrailMetadata"), UpdateTrailMetadata],
      trailType,
    );
    expect(metadata).toEqual({ trailId: created.id });
    return response;
  };
  const described = await update({ name: "not-this", description: "new" }, "description");
  expect(described).toEqual({ ...created, description: "new", updatedAt: described.updatedAt });
  // The official provider names it always, and never gives it.
  const kept = await update({ description: "newer" }, "description", "filter");
  expect(kept.filteringPolicy).toEqual(created.filteringPolicy);
  const { operations } = await trails().listOperations({ trailId: created.id, pageSize: 10, pageToken: "" });
  expect(operations).toHaveLength(3);
  await remove(created);
});

/** https://yandex.cloud/en/docs/audit-trails/api-ref/Trail/create */
test.each<[string, () => DeepPartial<CreateTrailRequest>]>([
  ["an upper-case name", () => ({ name: "Trail" })],
  ["a description of 1025 characters", () => ({ description: "d".repeat(1025) })],
  ["no destination", () => ({ destination: {} })],
  ["no filter at all", () => ({ filteringPolicy: {} })],
  [
    "a filter without scopes",
    () => ({ filteringPolicy: { managementEventsFilter: { resourceScopes: [] } } }),
  ],
  [
    "a scope with an id of 65 characters",
    () => ({
      filteringPolicy: {
        managementEventsFilter: { resourceScopes: [{ id: "x".repeat(65), type: "resource-manager.folder" }] },
      },
    }),
  ],
  [
    "an empty list of included events",
    () => ({
      filteringPolicy: {
        dataEventsFilters: [
          { service: "kms", resourceScopes: [scope()], includedEvents: { eventTypes: [] } },
        ],
      },
    }),
  ],
  [
    "two filters for one service",
    () => ({
      filteringPolicy: {
        dataEventsFilters: [
          { service: "kms", resourceScopes: [scope()] },
          { service: "kms", resourceScopes: [scope()] },
        ],
      },
    }),
  ],
  [
    "a DNS filter for another service",
    () => ({
      filteringPolicy: {
        dataEventsFilters: [
          { service: "kms", resourceScopes: [scope()], dnsFilter: { includeNonrecursiveQueries: true } },
        ],
      },
    }),
  ],
])("%s is refused", async (_, fields) => {
  await expect(create(fields())).rejects.toThrow("INVALID_ARGUMENT");
});

test("a name that the folder has already is refused", async () => {
  const created = await create();
  await expect(create({ name: created.name })).rejects.toThrow("ALREADY_EXISTS");
  await remove(created);
});

/** The deprecated filter: https://yandex.cloud/en/docs/audit-trails/api-ref/grpc/Trail/create */
test("a filter of the old kind is kept as it is", async () => {
  const filter = {
    pathFilter: { root: { anyFilter: { resource: scope() } } },
    eventFilter: {
      filters: [
        {
          service: "storage",
          categories: [
            {
              plane: Trail_EventCategoryFilter.DATA_PLANE,
              type: Trail_EventAccessTypeFilter.WRITE,
            },
          ],
          pathFilter: { root: { anyFilter: { resource: scope() } } },
        },
      ],
    },
  };
  const created = await create({ filter, filteringPolicy: undefined } as never);
  expect(created.filter).toMatchObject(filter);
  await remove(created);
});

test("other destinations are kept", async () => {
  const dataStream = { databaseId: "/ru-central1/b1g/etn", streamName: "logs", codec: Trail_Codec.GZIP };
  const created = await create({ destination: { dataStream } } as never);
  expect(created.destination?.dataStream).toEqual(dataStream);
  await remove(created);
});
