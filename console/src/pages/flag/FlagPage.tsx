/** A flag: who gets what, why, from where, and since when. */
import { Button, Tabs } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import * as queries from "~/api/queries";
import { KillButton } from "~/components/KillButton";
import { verdictOf } from "~/components/staleness";
import { useEnvironment } from "~/hooks/useEnvironment";
import { useShortcuts } from "~/hooks/useShortcut";
import type { FlagTab } from "~/routes";
import { Age } from "~/ui/Age";
import { Page } from "~/ui/Page";
import { Tag } from "~/ui/Tag";
import { CodeTab } from "./CodeTab";
import { HistoryTab } from "./HistoryTab";
import { ReferencesTab } from "./ReferencesTab";
import { SettingsTab } from "./SettingsTab";
import { TargetingTab } from "./TargetingTab";
import { TryTab } from "./TryTab";

export function FlagPage() {
  const { project, flag: key } = useParams({ from: "/shell/projects/$project/flags/$flag" });
  const { tab = "targeting" } = useSearch({ from: "/shell/projects/$project/flags/$flag" });
  const navigate = useNavigate({ from: "/projects/$project/flags/$flag" });
  const { data } = useQuery(queries.flag(project, key));
  const environment = useEnvironment(project);
  const { data: judged } = useQuery(queries.stalenessOf(project, key));
  const flag = data?.value;
  const open = (next: string | null) =>
    void navigate({ search: (was) => ({ ...was, tab: (next ?? undefined) as FlagTab | undefined }), replace: true });
  const start = () =>
    void navigate({
      to: "/projects/$project/rollouts/new",
      params: { project },
      search: (was) => ({ env: was.env, flag: key }),
    });
  useShortcuts([
    { key: "1", label: "Targeting", run: () => open("targeting") },
    { key: "2", label: "Who gets what", run: () => open("try") },
    { key: "3", label: "Code", run: () => open("code") },
    { key: "4", label: "References", run: () => open("references") },
    { key: "5", label: "History", run: () => open("history") },
    { key: "6", label: "Settings", run: () => open("settings") },
    { key: "r", label: "Start a rollout", run: start },
  ]);
  if (!flag) return null;
  const served = flag.environments?.find((each) => each.environment === environment.key);
  const isProtected = environment.record?.protected ?? false;
  return (
    <Page
      title={<span className="mono">{flag.key}</span>}
      crumb={
        <Link to="/projects/$project/flags" params={{ project }}>
          Flags
        </Link>
      }
      note={
        <>
          {flag.archived_at && <Tag tone="warn">archived</Tag>}
          {judged && !flag.archived_at && (
            <Tag tone={verdictOf(judged).tone} dot>
              {verdictOf(judged).word}
            </Tag>
          )}
          {flag.title && <span className="user-text">{flag.title}</span>}
          <span>{flag.kind}</span>
          <span>
            owner <span className="user-text">{flag.owner || "nobody"}</span>
          </span>
          {flag.service && <span className="user-text">asked for by {flag.service}</span>}
          {flag.feature && <span className="user-text">gates {flag.feature}</span>}
          {flag.expires_on && <span className="num">expires {flag.expires_on}</span>}
          <span>
            changed <Age at={served?.changed_at ?? flag.changed_at} />
          </span>
        </>
      }
      actions={
        environment.key && (
          <>
            <Button size="xs" variant="default" leftSection={<IconPlayerPlay size={14} />} onClick={start}>
              Start a rollout
            </Button>
            <KillButton project={project} flag={key} environment={environment.key} />
          </>
        )
      }
    >
      <Tabs value={tab} onChange={open} keepMounted={false}>
        <Tabs.List aria-label="Parts of the flag">
          <Tabs.Tab value="targeting">Targeting</Tabs.Tab>
          <Tabs.Tab value="try">Who gets what</Tabs.Tab>
          <Tabs.Tab value="code">Code</Tabs.Tab>
          <Tabs.Tab value="references">References</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="targeting" pt="md">
          {served ? (
            <TargetingTab project={project} flag={flag} served={served} isProtected={isProtected} />
          ) : (
            <p className="dim">This flag has nothing in {environment.key}.</p>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="try" pt="md">
          {environment.key && <TryTab project={project} flag={key} environment={environment.key} />}
        </Tabs.Panel>
        <Tabs.Panel value="code" pt="md">
          <CodeTab flag={flag} />
        </Tabs.Panel>
        <Tabs.Panel value="references" pt="md">
          <ReferencesTab project={project} flag={key} />
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="md">
          <HistoryTab project={project} flag={key} />
        </Tabs.Panel>
        <Tabs.Panel value="settings" pt="md">
          <SettingsTab project={project} flag={flag} version={data.version} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
