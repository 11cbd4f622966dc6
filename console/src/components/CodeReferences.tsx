/** Where in the code a flag is used, as scans reported it. */
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "~/api/client";
import * as queries from "~/api/queries";
import { Age } from "~/ui/Age";
import { CodeBlock } from "~/ui/CodeBlock";
import { Panel } from "~/ui/Page";
import { Tag } from "~/ui/Tag";
import { count } from "~/util/number";
import styles from "./CodeReferences.module.css";

const SHOWN = 200;

export function CodeReferences({ project, flag }: { project: string; flag: string }) {
  const { data, isPending } = useQuery(queries.references(project, flag));
  if (isPending) return null;
  const found = data ?? [];
  if (found.length === 0) {
    return (
      <Panel title="In the code">
        <div className="stack tight">
          <p className="dim">
            No scan has reported a use. Run this in a repository, or in its checks, to see uses here:
          </p>
          <CodeBlock
            text="hoist refs . --upload --main --repository example/shop"
            label="the command that reports uses"
          />
          <p className="dim">To see them in this folder, and what would change if the flag went:</p>
          <CodeBlock text={`hoist cleanup ${flag} .`} label="the command that shows uses" />
        </div>
      </Panel>
    );
  }
  return (
    <>
      {found.map((place) => (
        <Repository key={`${place.repository} ${place.branch}`} place={place} />
      ))}
    </>
  );
}

function Repository({ place }: { place: Schemas["FlagOccurrences"] }) {
  const shown = place.references.slice(0, SHOWN);
  return (
    <Panel
      title={
        <span className="row">
          <span className="user-text">{place.repository}</span>
          <Tag tone={place.main ? "accent" : "quiet"}>{place.branch}</Tag>
        </span>
      }
      aside={
        <>
          <span className="num">{count(place.count)} places</span>
          <span className="mono">{place.commit.slice(0, 10)}</span>
          <Age at={place.scanned_at} />
        </>
      }
    >
      <ul className={styles.list} aria-label={`Uses in ${place.repository}`}>
        {shown.map((use) => (
          <li key={`${use.path}:${use.line}:${use.column}`}>
            <span className="mono user-text">
              {use.path}:{use.line}
            </span>
            <span className="dim user-text">
              {use.kind.replaceAll("_", " ")}
              {use.symbol ? ` in ${use.symbol}` : ""}
              {use.via === "literal" ? "" : `, by ${use.via}`}
            </span>
            {use.finding && <Tag tone="warn">{use.finding.replaceAll("_", " ")}</Tag>}
            {use.snippet && <code className={`${styles.snippet} user-text`}>{use.snippet}</code>}
          </li>
        ))}
      </ul>
      {place.count > shown.length && (
        <p className="dim">and {count(place.count - shown.length)} more; `hoist refs` lists them all</p>
      )}
    </Panel>
  );
}
