/** Whether the flag has done its work, and where in the code it still is. */
import { useQuery } from "@tanstack/react-query";
import * as queries from "~/api/queries";
import { CodeReferences } from "~/components/CodeReferences";
import { StalenessPanel } from "~/components/StalenessPanel";

export function ReferencesTab({ project, flag }: { project: string; flag: string }) {
  const { data } = useQuery(queries.stalenessOf(project, flag));
  return (
    <div className="stack">
      {data && <StalenessPanel project={project} judged={data} title="Has it done its work?" />}
      <CodeReferences project={project} flag={flag} />
    </div>
  );
}
