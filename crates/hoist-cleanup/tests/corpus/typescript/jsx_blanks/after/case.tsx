import { h, t } from "trace";

export async function main(): Promise<void> {
  const name = "Ada";
  t(
    <main>
      Signed in as{" "}
      <b>{name}</b>
      <b>Hello </b>
      <i>{name}</i>
      {" "}tail
      <p>
        one  two
        {false}
        three
      </p>
      {name}{" "}
      {" "}
    </main>,
  );
}
