/** What stands where a page cannot. */
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { ApiFailure, sentence } from "~/api/errors";
import { Empty } from "~/ui/Empty";

export function PageError({ error }: { error: unknown }) {
  const router = useRouter();
  const client = useQueryClient();
  const missing = error instanceof ApiFailure && error.status === 404;
  const again = async () => {
    await client.resetQueries();
    await router.invalidate();
  };
  return (
    <Empty title={missing ? "There is nothing at this address" : "This page cannot be shown"}>
      <p>{sentence(error)}</p>
      <p>
        Flags are served all the same. To switch one off without this console, open <a href="/kill">the kill page</a>.
      </p>
      <Button size="xs" onClick={again}>
        Try again
      </Button>
    </Empty>
  );
}

export function NotFound() {
  return (
    <Empty title="There is nothing at this address">
      <Link to="/">Go to the flags</Link>
    </Empty>
  );
}
