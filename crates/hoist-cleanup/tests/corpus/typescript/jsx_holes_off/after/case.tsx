import { h, t } from "trace";

export async function main(): Promise<void> {
  t(
    <main>
      <p />
    </main>,
  );
}
