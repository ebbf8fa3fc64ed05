import { isolateFromRealAccounts } from "../../tools/local/environment";

isolateFromRealAccounts();

// A tenth of what the CLI, the plugin and the provider do in their few seconds is to collect garbage.
Object.assign(process.env, { GOGC: "off", GOMEMLIMIT: "2GiB" });
