import { OperationServiceService } from "@yandex-cloud/nodejs-sdk/operation/operation_service";
import type { Cloud } from "../backend/cloud";
import { operationMessage, type Service } from "./service";

export const operationService = (cloud: Cloud): Service => ({
  definition: OperationServiceService,
  methods: {
    get: (_call, request) =>
      operationMessage(cloud.operations.get((request as { operationId: string }).operationId)),
  },
});
