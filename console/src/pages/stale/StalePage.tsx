/** Flags that have done their work, or about which something should be done, as the server judges them. */
import { Link, useParams } from "@tanstack/react-router";
import type { Schemas } from "~/api/client";
import { useParts } from "~/api/parts";
import * as queries from "~/api/queries";
import { Rest } from "~/components/Rest";
import { StalenessPanel } from "~/components/StalenessPanel";
import { CodeBlock } from "~/ui/CodeBlock";
import { Empty } from "~/ui/Empty";
import { Page } from "~/ui/Page";

export function StalePage() {
  const { project } = useParams({ from: "/shell/projects/$project/stale" });
  const list = useParts(queries.staleness(project));
  return (
    <Page title="Stale flags" note="Flags that should be gone, why, and how to take them out of the code.">
      {!list.isPending && list.rows.length === 0 && (
        <Empty title="No flag has outlived its work">
          <p>
            A flag stands here when its day has passed, when everybody has had the same for long, or when nobody asks
            for it any more; with the command that takes it out of the code.
          </p>
        </Empty>
      )}
      {inOrder(list.rows).map((judged) => (
        <StalenessPanel
          key={judged.flag}
          project={project}
          judged={judged}
          title={
            <Link
              to="/projects/$project/flags/$flag"
              params={{ project, flag: judged.flag }}
              search={{ tab: "references" } as never}
              className="mono"
            >
              {judged.flag}
            </Link>
          }
        >
          <CleanupCommand judged={judged} />
        </StalenessPanel>
      ))}
      <Rest list={list} words={(shown) => `The first ${shown} by key, the gravest first`} />
    </Page>
  );
}

const GRAVITY = ["error", "candidate", "warn", "info"];

/** Returns the gravest first, and those that are only watched last. */
function inOrder(all: Schemas["Staleness"][]): Schemas["Staleness"][] {
  const rank = ({ severity }: Schemas["Staleness"]) => (severity ? GRAVITY.indexOf(severity) : GRAVITY.length);
  return [...all].sort((a, b) => rank(a) - rank(b));
}

function CleanupCommand({ judged }: { judged: Schemas["Staleness"] }) {
  const isQuiet = judged.findings.length === 0 && judged.state === "watching";
  if (isQuiet || judged.references === 0 || judged.state === "archived") return null;
  return (
    <>
      <p className="dim">
        Shows the change that takes the flag and its dead branch out of the code in this folder; add{" "}
        <code>--commit</code> to make it on a branch of its own.
      </p>
      <CodeBlock
        text={`hoist cleanup ${judged.flag} .`}
        label={`the command that takes ${judged.flag} out of the code`}
      />
    </>
  );
}
