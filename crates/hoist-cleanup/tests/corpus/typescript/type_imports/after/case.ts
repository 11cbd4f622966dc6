import { t } from "trace";

import "trace";

export async function main(): Promise<void> {
  t("end");
}
