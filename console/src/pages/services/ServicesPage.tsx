/** Services that ask for flags, and features that flags gate: what is known of each, and the flags that name it. */
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { api, everything, type Schemas, unwrap } from "~/api/client";
import * as queries from "~/api/queries";
import { GuardWords } from "~/components/GuardWords";
import { Empty } from "~/ui/Empty";
import { Page, Panel } from "~/ui/Page";
import styles from "./ServicesPage.module.css";

type Flag = Schemas["Flag"];
/** A service or a feature; only services have guards. */
type Thing = Schemas["Feature"] & Pick<Schemas["Service"], "guards">;
const NONE: Flag[] = [];
const NOTHING: Thing[] = [];

export function ServicesPage() {
  const { project } = useParams({ from: "/shell/projects/$project/services" });
  const { data: flags = NONE, isPending } = useQuery({
    queryKey: ["project", project, "overview", "details"],
    queryFn: () =>
      everything((cursor) =>
        unwrap(
          api.GET("/api/v1/projects/{project}/flags", { params: { path: { project }, query: { limit: 200, cursor } } }),
        ),
      ),
  });
  const kept = useQuery({ ...queries.services(project), select: servicesOf });
  const gated = useQuery({ ...queries.features(project), select: featuresOf });
  const services = useMemo(() => edges(kept.data ?? NOTHING, flags, (flag) => flag.service), [kept.data, flags]);
  const features = useMemo(() => edges(gated.data ?? NOTHING, flags, (flag) => flag.feature), [gated.data, flags]);
  const isKnown = !isPending && !kept.isPending && !gated.isPending;
  if (isKnown && services.length + features.length === 0) {
    return (
      <Page title="Services and features">
        <Empty title="No flag names a service or a feature yet">
          <p>
            Say in a flag's settings which service asks for it and which feature it gates. Then an incident in a service
            shows which flags can calm it.
          </p>
        </Empty>
      </Page>
    );
  }
  return (
    <Page title="Services and features" note="Which flags a service asks for, and which features they gate.">
      <div className={styles.columns}>
        <Edges title="Services" project={project} edges={services} />
        <Edges title="Features" project={project} edges={features} />
      </div>
    </Page>
  );
}

const servicesOf = (all: Schemas["KeptService"][]): Thing[] => all.map((each) => each.service);
const featuresOf = (all: Schemas["KeptFeature"][]): Thing[] => all.map((each) => each.feature);

type Edge = { key: string; thing: Thing | undefined; flags: Flag[] };

/** Returns what is kept and what flags name, each with the flags that name it, by key. */
export function edges(kept: Thing[], flags: Flag[], end: (flag: Flag) => string | null | undefined): Edge[] {
  const found = new Map<string, Edge>(kept.map((thing) => [thing.key, { key: thing.key, thing, flags: [] }]));
  for (const flag of flags) {
    const key = end(flag);
    if (!key) continue;
    const edge = found.get(key) ?? { key, thing: undefined, flags: [] };
    found.set(key, { ...edge, flags: [...edge.flags, flag] });
  }
  return [...found.values()].sort((a, b) => a.key.localeCompare(b.key));
}

function Edges({ title, project, edges: list }: { title: string; project: string; edges: Edge[] }) {
  return (
    <Panel title={title} flush>
      {list.length === 0 && <p className={`${styles.none} dim`}>None named yet.</p>}
      <ul>
        {list.map((edge) => (
          <li key={edge.key} className={styles.edge}>
            <What edge={edge} />
            <span className={styles.flags}>
              {edge.flags.length === 0 && <span className="dim">no flag names it</span>}
              {edge.flags.map((flag) => (
                <Link
                  key={flag.key}
                  to="/projects/$project/flags/$flag"
                  params={{ project, flag: flag.key }}
                  className="mono"
                >
                  {flag.key}
                </Link>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function What({ edge: { key, thing } }: { edge: Edge }) {
  return (
    <div className={styles.what}>
      <span className="mono user-text">{key}</span>
      {thing?.title && <span className="user-text">{thing.title}</span>}
      {thing?.description && <p className="dim user-text">{thing.description}</p>}
      {thing?.owner && <span className="dim user-text">answered for by {thing.owner}</span>}
      {thing?.url && <More url={thing.url} />}
      {(thing?.guards ?? []).length > 0 && (
        <details>
          <summary>guards of every rollout of its flags</summary>
          <GuardWords guards={thing?.guards ?? []} />
        </details>
      )}
    </div>
  );
}

/** Only what leads to a page is a link; anything else is text. */
function More({ url }: { url: string }) {
  if (!/^https?:\/\//.test(url)) return <span className="dim user-text">{url}</span>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" className="user-text">
      {url}
    </a>
  );
}
