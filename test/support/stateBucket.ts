import type { Emulator } from "../../emulator";

/** Address of a state in a bucket of the local cloud, for the Pulumi CLI. */
export function stateUrl({ storageProxy }: Emulator, bucket: string): string {
  const endpoint = `http://127.0.0.1:${new URL(storageProxy).port}`;
  return `s3://${bucket}?endpoint=${endpoint}&region=ru-central1&s3ForcePathStyle=true`;
}
