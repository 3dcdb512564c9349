import { writeAdminClient } from "./admin-client.ts";

await writeAdminClient();
