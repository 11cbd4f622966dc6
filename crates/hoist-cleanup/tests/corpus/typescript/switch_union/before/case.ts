import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

export async function main(): Promise<void> {
  const color: string = await client.getStringValue("new-nav", "red");
  switch (color) {
    case "red": {
      t("red");
      break;
    }
    case "blue": {
      const label = "cold";
      t(label);
      break;
    }
    default:
      t("other");
  }
}
