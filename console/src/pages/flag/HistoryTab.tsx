/** Everything that was done to a flag, with what was different each time. */
import { useParts } from "~/api/parts";
import * as queries from "~/api/queries";
import { AuditList } from "~/components/AuditList";
import { Rest } from "~/components/Rest";
import { Panel } from "~/ui/Page";

export function HistoryTab({ project, flag }: { project: string; flag: string }) {
  const list = useParts(queries.audit({ project, subject: flag }));
  return (
    <Panel title="History" flush>
      {!list.isPending && list.rows.length === 0 ? (
        <p className="dim">Nothing yet.</p>
      ) : (
        <AuditList entries={list.rows} />
      )}
      <Rest list={list} words={(shown) => `The newest ${shown}`} />
    </Panel>
  );
}
