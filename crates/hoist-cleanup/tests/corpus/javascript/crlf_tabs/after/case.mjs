import { t } from "trace";

export async function main() {
	if (t("a") === 1) {
		t("deep");
	}
	t("new");
}
