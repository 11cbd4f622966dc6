/** What stands where flags will be. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Empty } from "~/ui/Empty";
import { Page } from "~/ui/Page";

export function FirstFlag({ project }: { project: string }) {
  return (
    <Page title="Flags">
      <Empty title="No flags yet">
        <p>
          A flag answers one question while your program runs: which variant does this user get? Create one, ask for it
          with an OpenFeature SDK, and raise its share a little at a time.
        </p>
        <Button component={Link} to={`/projects/${encodeURIComponent(project)}/flags/new`}>
          Create the first flag
        </Button>
        <p>
          Or see a whole release, from 1 % to the removal of the flag, on this machine: <code>hoist demo</code>
        </p>
      </Empty>
    </Page>
  );
}
