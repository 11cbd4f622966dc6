/** Flags whose day has passed. */
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import * as queries from "~/api/queries";
import { CodeBlock } from "~/ui/CodeBlock";
import { Empty } from "~/ui/Empty";
import { Page, Panel } from "~/ui/Page";
import { Tag } from "~/ui/Tag";

export function StalePage() {
  const { project } = useParams({ from: "/shell/projects/$project/stale" });
  const { data, isPending } = useQuery(queries.overview(project));
  const today = new Date().toISOString().slice(0, 10);
  const expired = (data?.flags ?? []).filter((flag) => flag.expires_on && flag.expires_on < today);
  return (
    <Page title="Stale flags" note="Flags that should be gone, and how to take them out of the code.">
      {!isPending && expired.length === 0 && (
        <Empty title="No flag has outlived its day">
          <p>
            A temporary flag has a day after which it should be gone. When it comes, the flag stands here with the
            command that takes it out of the code.
          </p>
        </Empty>
      )}
      {expired.map((flag) => (
        <Panel
          key={flag.key}
          title={
            <Link to="/projects/$project/flags/$flag" params={{ project, flag: flag.key }} className="mono">
              {flag.key}
            </Link>
          }
          aside={
            <>
              <span className="user-text">{flag.owner || "nobody"}</span>
              <Tag tone="warn">expired {flag.expires_on}</Tag>
            </>
          }
        >
          <div className="stack tight">
            <p className="dim">
              Shows the change that takes the flag and its dead branch out of the code in this folder; add{" "}
              <code>--commit</code> to make it on a branch of its own.
            </p>
            <CodeBlock
              text={`hoist cleanup ${flag.key} .`}
              label={`the command that takes ${flag.key} out of the code`}
            />
          </div>
        </Panel>
      ))}
    </Page>
  );
}
