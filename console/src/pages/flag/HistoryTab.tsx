/** Everything that was done to a flag, with what was different each time. */
import { useQuery } from "@tanstack/react-query";
import * as queries from "~/api/queries";
import { AuditList } from "~/components/AuditList";
import { Panel } from "~/ui/Page";

export function HistoryTab({ project, flag }: { project: string; flag: string }) {
  const { data = [], isPending } = useQuery(queries.audit({ project, subject: flag }));
  return (
    <Panel title="History" flush>
      {!isPending && data.length === 0 ? <p className="dim">Nothing yet.</p> : <AuditList entries={data} />}
    </Panel>
  );
}
