import { isolateFromRealAccounts } from "../../local/environment";

isolateFromRealAccounts();
