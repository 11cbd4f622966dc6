import { t } from "trace";

export async function main() {
  {
    function name() {
      return "new";
    }
    t(name());
  }
  t("end");
}
