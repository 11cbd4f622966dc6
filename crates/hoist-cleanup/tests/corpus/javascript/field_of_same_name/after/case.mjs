import { t } from "trace"

export async function main() {
  class Menu {
    static on = true
    on = true
    #shown = "shown"
    tell() {
      return `${this.on} ${Menu.on} ${this.#shown}`
    }
  }
  t(new Menu().tell())
  t("asked")
}
