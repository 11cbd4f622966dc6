import { t } from "trace";

async function f() {
  throw new Error("gone");
}

export async function main() {
  try {
    await f();
  } catch (error) {
    t(error.message);
  }
}
