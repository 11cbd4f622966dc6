import { t } from "trace";

export async function main() {
  t(`new
    text ${1 +
      1}
  end`);
}