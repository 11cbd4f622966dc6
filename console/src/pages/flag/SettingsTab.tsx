/** What people know about a flag; and its end. */
import { Checkbox, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { sentence } from "~/api/errors";
import { useMutate } from "~/api/mutate";
import * as queries from "~/api/queries";
import { Confirm } from "~/components/Confirm";
import { useRefusal } from "~/hooks/useRefusal";
import { Act } from "~/ui/Act";
import { Panel } from "~/ui/Page";
import { Refused } from "~/ui/Refused";
import styles from "./SettingsTab.module.css";

type Flag = Schemas["Flag"];
type Blocker = Schemas["ArchiveBlocker"];
type Props = { project: string; flag: Flag; version: string };

export const CATEGORIES = ["release", "experiment", "operations", "permission"];
export const LIFETIMES = ["temporary", "permanent", "experiment"];

export function SettingsTab({ project, flag, version }: Props) {
  const refused = useRefusal();
  const [draft, setDraft] = useState({
    title: flag.title,
    description: flag.description,
    owner: flag.owner,
    category: flag.category,
    lifetime: flag.lifetime,
    expires_on: flag.expires_on ?? "",
    tags: flag.tags,
    service: flag.service ?? "",
    feature: flag.feature ?? "",
    exposed_to_clients: flag.exposed_to_clients,
  });
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change });
  const save = useMutate({
    run: () => {
      const body = {
        ...draft,
        expires_on: draft.expires_on || null,
        service: draft.service || null,
        feature: draft.feature || null,
      };
      const params = { path: { project, flag: flag.key }, header: { "If-Match": version } };
      return unwrap(api.PATCH("/api/v1/projects/{project}/flags/{flag}", { params, body: body as never }));
    },
    touches: [["project", project]],
    quiet: true,
    done: () => "Saved",
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined);
  };
  return (
    <div className="stack">
      <Panel title="About this flag">
        <form onSubmit={submit} className={styles.form}>
          <TextInput
            label="Title"
            maxLength={64}
            value={draft.title}
            onChange={(event) => set({ title: event.currentTarget.value })}
          />
          <TextInput
            label="Owner"
            description="Who answers for it"
            maxLength={64}
            value={draft.owner}
            onChange={(event) => set({ owner: event.currentTarget.value })}
          />
          <Textarea
            className={styles.wide}
            label="Description"
            size="xs"
            autosize
            minRows={2}
            value={draft.description}
            onChange={(event) => set({ description: event.currentTarget.value })}
          />
          <Select
            label="Category"
            data={CATEGORIES}
            value={draft.category}
            onChange={(next) => next && set({ category: next as Flag["category"] })}
          />
          <Select
            label="Lifetime"
            data={LIFETIMES}
            value={draft.lifetime}
            onChange={(next) => next && set({ lifetime: next as Flag["lifetime"] })}
          />
          <TextInput
            label="Expires on"
            type="date"
            value={draft.expires_on}
            onChange={(event) => set({ expires_on: event.currentTarget.value })}
          />
          <TagsInput label="Tags" size="xs" value={draft.tags} onChange={(tags) => set({ tags })} />
          <TextInput
            label="Service that asks for it"
            value={draft.service}
            onChange={(event) => set({ service: event.currentTarget.value })}
          />
          <TextInput
            label="Feature that it gates"
            value={draft.feature}
            onChange={(event) => set({ feature: event.currentTarget.value })}
          />
          <Checkbox
            className={styles.wide}
            size="xs"
            label="Browsers and apps may ask for it"
            checked={draft.exposed_to_clients}
            onChange={(event) => set({ exposed_to_clients: event.currentTarget.checked })}
          />
          <Refused words={save.error ? sentence(save.error) : undefined} />
          <div className={styles.wide}>
            <Act size="xs" type="submit" refused={refused("edit", "project")} loading={save.isPending}>
              Save
            </Act>
          </div>
        </form>
      </Panel>
      <End project={project} flag={flag} />
    </div>
  );
}

function End({ project, flag }: { project: string; flag: Flag }) {
  // What speaks against it, as the dialog shows it; nothing while it is not asked for.
  const [shown, setShown] = useState<Blocker[]>();
  const client = useQueryClient();
  const navigate = useNavigate();
  const archived = flag.archived_at !== null && flag.archived_at !== undefined;
  const question = queries.stalenessOf(project, flag.key);
  const { data: judged } = useQuery({ ...question, enabled: !archived });
  const look = async () => (archived ? [] : (await client.fetchQuery({ ...question, staleTime: 0 })).blockers);
  const needed = archived ? undefined : judged?.blockers.find((blocker) => !blocker.gives_way)?.message;
  const refused = useRefusal()("edit", "project") ?? needed;
  const ask = useMutate({ run: look, touches: [], onSuccess: setShown });
  const act = useMutate({
    run: async (reason: string) => {
      const found = await look();
      // The server sets aside whatever it finds: so what has come up since the dialog opened is shown first.
      if (found.some((blocker) => !shown?.some((each) => each.message === blocker.message))) {
        setShown(found);
        throw new Error(
          "More speaks against it than was shown. Read it, and archive it only if you still know better.",
        );
      }
      const options = { params: { path: { project, flag: flag.key } }, body: { reason } };
      return archived
        ? unwrap(api.POST("/api/v1/projects/{project}/flags/{flag}/unarchive", options))
        : unwrap(
            api.POST("/api/v1/projects/{project}/flags/{flag}/archive", {
              ...options,
              body: { reason, override: found.length > 0 },
            }),
          );
    },
    quiet: true,
    touches: [["project", project]],
    done: () => (archived ? "The flag is back" : "Archived; its key stays taken"),
    onSuccess: () => void (archived || navigate({ to: "/projects/$project/flags", params: { project } })),
  });
  const on = (flag.environments ?? []).filter((each) => each.targeting.enabled).map((each) => each.environment);
  return (
    <Panel title={archived ? "Bring it back" : "Archive"}>
      <div className="row spread wrap">
        <p className="dim">
          {archived
            ? "It will serve what it served, switched as it was."
            : "Programs that still ask get their own fallback. The key stays taken, so that nothing else answers to it."}
          {on.length > 0 && !archived ? ` It is switched on in ${on.join(", ")}.` : ""}
          {needed && <strong className="user-text"> Not yet: {needed}</strong>}
        </p>
        <Act size="xs" variant="default" refused={refused} onClick={() => ask.mutate(undefined)}>
          {archived ? "Bring it back" : "Archive the flag"}
        </Act>
      </div>
      {shown && (
        <Confirm
          title={`${archived ? "Bring back" : "Archive"} ${flag.key}`}
          verb={archived ? "Bring back" : "Archive"}
          danger={!archived}
          typed={archived ? undefined : { what: "flag", text: flag.key }}
          needsReason={shown.length > 0}
          onClose={() => setShown(undefined)}
          onConfirm={async (reason) => {
            await act.mutateAsync(reason);
            setShown(undefined);
          }}
        >
          {shown.length > 0 && (
            <>
              <p>As far as anybody knows it is still in use. Archive it all the same only if you know better:</p>
              <ul className={styles.blockers} aria-label="What speaks against it">
                {shown.map((blocker) => (
                  <li key={blocker.message} className="user-text">
                    {blocker.message}
                  </li>
                ))}
              </ul>
            </>
          )}
        </Confirm>
      )}
    </Panel>
  );
}
