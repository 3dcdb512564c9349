/** Writes the capability table into `README.md`; a test says when it has to be written again. */
import { writeFileSync } from "node:fs";
import { CAPABILITY_PAGE, capabilityTable, readCapabilityPage, withCapabilityTable } from "./capability-table.ts";

writeFileSync(CAPABILITY_PAGE, withCapabilityTable(readCapabilityPage(), capabilityTable()));
