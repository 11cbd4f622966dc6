/** A new flag: its key and type first, the rest folds. Afterwards one lands on the flag. */
import { NumberInput, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "~/api/client";
import { sentence } from "~/api/errors";
import { useMutate } from "~/api/mutate";
import { useRefusal } from "~/hooks/useRefusal";
import { Act } from "~/ui/Act";
import { Page, Panel } from "~/ui/Page";
import { Refused } from "~/ui/Refused";
import { CATEGORIES, LIFETIMES } from "../flag/SettingsTab";
import styles from "../flag/SettingsTab.module.css";
import { VariantFields } from "./VariantFields";

type Kind = Schemas["Kind"];
export type VariantDraft = { key: string; text: string };

const START: Record<Kind, VariantDraft[]> = {
  boolean: [
    { key: "on", text: "true" },
    { key: "off", text: "false" },
  ],
  string: [
    { key: "new", text: "new" },
    { key: "old", text: "old" },
  ],
  integer: [
    { key: "high", text: "10" },
    { key: "low", text: "1" },
  ],
  float: [
    { key: "high", text: "1.5" },
    { key: "low", text: "0.5" },
  ],
  object: [
    { key: "new", text: "{}" },
    { key: "old", text: "{}" },
  ],
};

export function NewFlagPage() {
  const refused = useRefusal();
  const { project } = useParams({ from: "/shell/projects/$project/flags/new" });
  const navigate = useNavigate();
  const [key, setKey] = useState("");
  const [title, setTitle] = useState("");
  const [owner, setOwner] = useState("");
  const [kind, setKind] = useState<Kind>("boolean");
  const [variants, setVariants] = useState(START.boolean);
  const [category, setCategory] = useState("release");
  const [lifetime, setLifetime] = useState("temporary");
  const [days, setDays] = useState<number | string>(90);
  const [description, setDescription] = useState("");
  const [tags, setTags] = useState<string[]>([]);
  const create = useMutate({
    run: () => {
      const body = {
        key,
        title,
        owner,
        description,
        kind,
        category,
        lifetime,
        tags,
        variants: variants.map((variant) => ({ key: variant.key, value: readVariant(kind, variant.text) })),
        expires_on: lifetime === "temporary" && days !== "" ? inDays(Number(days)) : null,
      };
      return unwrap(
        api.POST("/api/v1/projects/{project}/flags", { params: { path: { project } }, body: body as never }),
      );
    },
    touches: [["project", project]],
    quiet: true,
    onSuccess: () =>
      void navigate({
        to: "/projects/$project/flags/$flag",
        params: { project, flag: key },
        search: (was: { env?: string }) => ({ env: was.env, tab: "code" as const }),
      }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(undefined);
  };
  return (
    <Page
      title="New flag"
      crumb={
        <Link to="/projects/$project/flags" params={{ project }}>
          Flags
        </Link>
      }
    >
      <form onSubmit={submit} className="stack">
        <Panel>
          <div className={styles.form}>
            <TextInput
              label="Key"
              description="What programs ask for. It stays."
              placeholder="new-checkout"
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              autoFocus
              spellCheck={false}
            />
            <TextInput
              label="Title"
              maxLength={64}
              value={title}
              onChange={(event) => setTitle(event.currentTarget.value)}
            />
            <Select
              label="Type"
              data={Object.keys(START)}
              value={kind}
              onChange={(next) => {
                if (!next) return;
                setKind(next as Kind);
                setVariants(START[next as Kind]);
              }}
            />
            <TextInput
              label="Owner"
              description="Who answers for it"
              maxLength={64}
              value={owner}
              onChange={(event) => setOwner(event.currentTarget.value)}
            />
            <Select
              label="Category"
              data={CATEGORIES}
              value={category}
              onChange={(next) => setCategory(next ?? "release")}
            />
            <Select
              label="Lifetime"
              data={LIFETIMES}
              value={lifetime}
              onChange={(next) => setLifetime(next ?? "temporary")}
            />
            {lifetime === "temporary" && (
              <NumberInput size="xs" label="Should be gone in" suffix=" days" min={1} value={days} onChange={setDays} />
            )}
            <TagsInput label="Tags" size="xs" value={tags} onChange={setTags} />
            <Textarea
              className={styles.wide}
              label="Description"
              size="xs"
              autosize
              minRows={2}
              value={description}
              onChange={(event) => setDescription(event.currentTarget.value)}
            />
          </div>
        </Panel>
        <Panel title="Variants" aside="The last one, or one named off, is served while the flag is off">
          <VariantFields kind={kind} variants={variants} onChange={setVariants} />
        </Panel>
        <Refused words={create.error ? sentence(create.error) : undefined} />
        <div className="row">
          <Act
            size="xs"
            type="submit"
            loading={create.isPending}
            refused={refused("edit", "project") ?? (key ? undefined : "Give it a key")}
          >
            Create the flag
          </Act>
          <span className="dim">It begins switched off everywhere.</span>
        </div>
      </form>
    </Page>
  );
}

function inDays(days: number): string {
  const at = new Date();
  at.setDate(at.getDate() + days);
  return at.toISOString().slice(0, 10);
}

/** Returns a variant's value as its type wants it. What does not read stays text, and the server says what is wrong. */
export function readVariant(kind: Kind, text: string): unknown {
  if (kind === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
