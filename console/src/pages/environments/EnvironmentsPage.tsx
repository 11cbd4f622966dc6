/** Environments: where flags are served, and which of them are protected. */
import { Button, Checkbox, TextInput } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { byField } from "~/api/errors";
import { useMutate } from "~/api/mutate";
import * as queries from "~/api/queries";
import { Confirm } from "~/components/Confirm";
import { placeOf, useRefusal } from "~/hooks/useRefusal";
import { Act } from "~/ui/Act";
import { CodeBlock } from "~/ui/CodeBlock";
import { Dialog } from "~/ui/Dialog";
import { Page, Panel } from "~/ui/Page";
import { Refused } from "~/ui/Refused";
import { Tag } from "~/ui/Tag";
import { count } from "~/util/number";

type Environment = Schemas["Environment"];

export function EnvironmentsPage() {
  const refused = useRefusal();
  const { project } = useParams({ from: "/shell/projects/$project/environments" });
  const { data: environments = [] } = useQuery(queries.environments(project));
  const { data: overview } = useQuery(queries.overview(project));
  const [adding, setAdding] = useState(false);
  const [asked, setAsked] = useState<Environment>();
  const protect = useMutate({
    run: ({ record, reason }: { record: Environment; reason: string }) => {
      const params = { path: { project, environment: record.key }, header: { "If-Match": `"${record.version}"` } };
      return unwrap(
        api.PATCH("/api/v1/projects/{project}/environments/{environment}", {
          params,
          body: { protected: !record.protected, reason } as never,
        }),
      );
    },
    quiet: true,
    touches: [["project", project, "environments"]],
    done: (record) => `${record.key} is ${record.protected ? "protected" : "open"} now`,
  });
  return (
    <Page
      title="Environments"
      note="Each serves its own version of every flag, and has its own tokens."
      actions={
        <Act size="xs" refused={refused("administer", "project")} onClick={() => setAdding(true)}>
          New environment
        </Act>
      }
    >
      {environments.map((record) => {
        const served = (overview?.flags ?? []).flatMap((flag) =>
          flag.environments.filter((each) => each.environment === record.key),
        );
        return (
          <Panel
            key={record.key}
            title={
              <span className="row">
                {record.protected && <IconLock size={14} />}
                <span className="mono">{record.key}</span>
                <span className="dim user-text">{record.title}</span>
                {record.protected && <Tag tone="warn">protected</Tag>}
              </span>
            }
            aside={
              <>
                <span className="num">generation {count(record.generation)}</span>
                <Act
                  size="compact-xs"
                  variant="default"
                  refused={refused("administer", placeOf(record.protected))}
                  onClick={() => setAsked(record)}
                >
                  {record.protected ? "Open it" : "Protect it"}
                </Act>
              </>
            }
          >
            <div className="stack tight">
              <p className="num">
                {count(served.filter((each) => each.enabled).length)} of {count(served.length)} flags on,{" "}
                {count(served.filter((each) => each.rollout).length)} rolling out
              </p>
              <CodeBlock
                text={`hoist token create --kind server --env ${record.key} --url ${window.location.origin}`}
                label={`the command for a token of ${record.key}`}
              />
            </div>
          </Panel>
        );
      })}
      {adding && <NewEnvironment project={project} onClose={() => setAdding(false)} />}
      {asked && (
        <Confirm
          title={asked.protected ? `Open ${asked.key}` : `Protect ${asked.key}`}
          verb={asked.protected ? "Open it" : "Protect it"}
          danger={asked.protected}
          typed={asked.protected ? { what: "environment", text: asked.key } : undefined}
          onClose={() => setAsked(undefined)}
          onConfirm={async (reason) => {
            await protect.mutateAsync({ record: asked, reason });
            setAsked(undefined);
          }}
        >
          <p>
            {asked.protected
              ? "Developers may change what it serves afterwards."
              : "Only releasers, operators and admins may change what it serves, and the console asks for its name."}
          </p>
        </Confirm>
      )}
    </Page>
  );
}

function NewEnvironment({ project, onClose }: { project: string; onClose: () => void }) {
  const [key, setKey] = useState("");
  const [title, setTitle] = useState("");
  const [isProtected, setProtected] = useState(false);
  const create = useMutate({
    run: () =>
      unwrap(
        api.POST("/api/v1/projects/{project}/environments", {
          params: { path: { project } },
          body: { key, title, protected: isProtected } as never,
        }),
      ),
    touches: [["project", project]],
    quiet: true,
    done: () => `${key} is there; every flag is off in it`,
    onSuccess: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(undefined);
  };
  const wrong = byField(create.error, ["key", "title"]);
  return (
    <Dialog onClose={onClose} title="New environment">
      <form onSubmit={submit} className="stack">
        <TextInput
          label="Key"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={wrong.key}
          data-autofocus
        />
        <TextInput
          label="Title"
          value={title}
          maxLength={64}
          onChange={(event) => setTitle(event.currentTarget.value)}
          error={wrong.title}
        />
        <Checkbox
          size="xs"
          label="Protected"
          checked={isProtected}
          onChange={(event) => setProtected(event.currentTarget.checked)}
        />
        <Refused words={wrong.rest} />
        <Button size="xs" type="submit" loading={create.isPending} disabled={!key}>
          Create
        </Button>
      </form>
    </Dialog>
  );
}
