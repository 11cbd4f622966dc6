/** Who gets what: evaluates the flag for a context on the server, and shows each step that led there. */
import { Button, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { sentence } from "~/api/errors";
import { TraceView } from "~/components/TraceView";
import { Panel } from "~/ui/Page";
import styles from "./TryTab.module.css";

type Props = { project: string; flag: string; environment: string };

export function TryTab({ project, flag, environment }: Props) {
  const [key, setKey] = useState("");
  const [attributes, setAttributes] = useState("{}");
  const [result, setResult] = useState<Schemas["TriedOut"]>();
  const [problem, setProblem] = useState("");
  const ask = async (event: FormEvent) => {
    event.preventDefault();
    setProblem("");
    try {
      const parsed: unknown = JSON.parse(attributes || "{}");
      if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
        throw new Error("The attributes must be a JSON object");
      const context = key ? { ...parsed, targetingKey: key } : parsed;
      const path = { project, flag, environment };
      setResult(
        await unwrap(
          api.POST("/api/v1/projects/{project}/flags/{flag}/environments/{environment}/evaluate", {
            params: { path },
            body: { context } as never,
          }),
        ),
      );
    } catch (error) {
      setResult(undefined);
      setProblem(error instanceof SyntaxError ? "The attributes are not JSON yet" : sentence(error));
    }
  };
  return (
    <div className={styles.columns}>
      <Panel title={`Ask as a program in ${environment} would`}>
        <form onSubmit={ask} className="stack">
          <TextInput
            label="Targeting key"
            description="Names the unit: a user, a device, a tenant."
            placeholder="user-42"
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            spellCheck={false}
          />
          <Textarea
            label="Attributes"
            description="A JSON object, as the program sends it."
            autosize
            minRows={5}
            maxRows={16}
            value={attributes}
            onChange={(event) => setAttributes(event.currentTarget.value)}
            spellCheck={false}
            classNames={{ input: styles.code }}
            error={problem || undefined}
          />
          <Button size="xs" type="submit">
            Evaluate
          </Button>
        </form>
      </Panel>
      <Panel title="Answer">
        {result ? (
          <TraceView result={result} />
        ) : (
          <p className="dim">
            The answer stands here, with the rule that gave it. It is the one that OFREP gives to programs.
          </p>
        )}
      </Panel>
    </div>
  );
}
