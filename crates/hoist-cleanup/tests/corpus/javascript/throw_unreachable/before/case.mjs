import { OpenFeature } from "@openfeature/server-sdk";
import { t } from "trace";

const client = OpenFeature.getClient();

async function f() {
  if (await client.getBooleanValue("new-nav", false)) throw new Error("gone");
  t("cleanup");
}

export async function main() {
  try {
    await f();
  } catch (error) {
    t(error.message);
  }
}
