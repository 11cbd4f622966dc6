import { OpenFeature } from "@openfeature/server-sdk"
import { t } from "trace"

const client = OpenFeature.getClient()

export async function main() {
  const on = await client.getBooleanValue("new-nav", false)
  class Menu {
    static on = on
    on = on
    #shown = on ? "shown" : "hidden"
    tell() {
      return `${this.on} ${Menu.on} ${this.#shown}`
    }
  }
  t(new Menu().tell())
  const asked = client.getBooleanValue("new-nav", false)
  if (await asked) {
    t("asked")
  }
}
