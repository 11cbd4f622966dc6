/** A new token: for a person, with a role; or for a program, in one environment. */
import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { byField } from "~/api/errors";
import { useMutate } from "~/api/mutate";
import * as queries from "~/api/queries";
import { Dialog } from "~/ui/Dialog";
import { Refused } from "~/ui/Refused";

const KINDS = [
  { value: "admin", label: "a person or a script: manages" },
  { value: "server", label: "a service: evaluates, sees rules" },
  { value: "client", label: "a browser or an app: evaluates" },
  { value: "edge", label: "a node: serves an environment" },
];
const ROLES = [
  { value: "viewer", label: "viewer: looks" },
  { value: "developer", label: "developer: open environments" },
  { value: "releaser", label: "releaser: decides what is released" },
  { value: "operator", label: "operator: stops what hurts" },
  { value: "admin", label: "admin: looks after Hoist" },
];
const FIELDS = ["name", "project", "environment"];

export function NewToken({ onClose, onMade }: { onClose: () => void; onMade: (made: Schemas["MadeToken"]) => void }) {
  const { data: projects = [] } = useQuery(queries.projects);
  const [kind, setKind] = useState("server");
  const [role, setRole] = useState("developer");
  const [name, setName] = useState("");
  const [project, setProject] = useState<string | null>(null);
  const [environment, setEnvironment] = useState<string | null>(null);
  const chosen = project ?? (kind === "admin" ? null : (projects[0]?.key ?? null));
  const { data: environments = [] } = useQuery({ ...queries.environments(chosen ?? ""), enabled: chosen !== null });
  const create = useMutate({
    run: () => {
      const body = {
        kind,
        name,
        role: kind === "admin" ? role : undefined,
        project: chosen ?? undefined,
        environment: environment ?? undefined,
      };
      return unwrap(api.POST("/api/v1/tokens", { body: body as never }));
    },
    touches: [["tokens"]],
    quiet: true,
    onSuccess: onMade,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(undefined);
  };
  const shown = kind === "admin" ? ["role", ...FIELDS] : FIELDS;
  const wrong = byField(create.error, shown);
  const missing = !name || (kind !== "admin" && !environment);
  return (
    <Dialog onClose={onClose} title="New token">
      <form onSubmit={submit} className="stack">
        <Select label="For" data={KINDS} value={kind} onChange={(next) => setKind(next ?? "server")} />
        {kind === "admin" && (
          <Select
            label="Role"
            data={ROLES}
            value={role}
            onChange={(next) => setRole(next ?? "viewer")}
            error={wrong.role}
          />
        )}
        <TextInput
          label="Name"
          description="Whose it is, or what uses it"
          maxLength={64}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={wrong.name}
          data-autofocus
        />
        <Select
          label="Project"
          clearable={kind === "admin"}
          allowDeselect={kind === "admin"}
          placeholder="every project"
          data={projects.map((each) => each.key)}
          value={chosen}
          onChange={setProject}
          error={wrong.project}
        />
        <Select
          label="Environment"
          clearable={kind === "admin"}
          allowDeselect={kind === "admin"}
          placeholder={kind === "admin" ? "every environment" : "choose one"}
          data={environments.map((each) => each.key)}
          value={environment}
          onChange={setEnvironment}
          disabled={chosen === null}
          error={wrong.environment}
        />
        <Refused words={wrong.rest} />
        <Button
          size="xs"
          type="submit"
          loading={create.isPending}
          disabled={missing}
          title={missing ? "Give it a name and an environment" : undefined}
        >
          Make the token
        </Button>
      </form>
    </Dialog>
  );
}
