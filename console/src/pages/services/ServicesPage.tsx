/** Services that ask for flags, and features that flags gate: the edges, from the flags themselves. */
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { api, everything, type Schemas, unwrap } from "~/api/client";
import { Empty } from "~/ui/Empty";
import { Page, Panel } from "~/ui/Page";
import styles from "./ServicesPage.module.css";

type Flag = Schemas["Flag"];
const NONE: Flag[] = [];

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
  const services = useMemo(() => edges(flags, (flag) => flag.service), [flags]);
  const features = useMemo(() => edges(flags, (flag) => flag.feature), [flags]);
  if (!isPending && services.length + features.length === 0) {
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

type Edge = { name: string; flags: Flag[] };

function edges(flags: Flag[], end: (flag: Flag) => string | null | undefined): Edge[] {
  const found = new Map<string, Flag[]>();
  for (const flag of flags) {
    const name = end(flag);
    if (name) found.set(name, [...(found.get(name) ?? []), flag]);
  }
  return [...found].map(([name, its]) => ({ name, flags: its })).sort((a, b) => a.name.localeCompare(b.name));
}

function Edges({ title, project, edges: list }: { title: string; project: string; edges: Edge[] }) {
  return (
    <Panel title={title} flush>
      {list.length === 0 && <p className={`${styles.none} dim`}>None named yet.</p>}
      <ul>
        {list.map((edge) => (
          <li key={edge.name} className={styles.edge}>
            <span className="user-text">{edge.name}</span>
            <span className={styles.flags}>
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
