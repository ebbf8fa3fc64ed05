import { openCloud } from "../../../api/connection";
import { openLogs } from "../../../operate/logs";

/** Fills a cache in a process of its own. Its argument is the JSON of connection, source, range, folder and time. */
const { connection, source, range, folder, now } = JSON.parse(process.argv[2] ?? "{}");
openCloud(connection)
  .then((cloud) => openLogs(source, range, { cloud, folder, now: () => now }))
  .then((logs) => logs.close())
  // The connection to the API stays open otherwise.
  .then(() => process.exit(0));
