import { h, t } from "trace";

export async function main(): Promise<void> {
  t(
    <main>
      <nav />
      <b>new</b>
      <p title={"new"} />
    </main>,
  );
}
