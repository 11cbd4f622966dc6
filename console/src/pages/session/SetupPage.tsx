/** The first visit: the code from the terminal makes the first administrator. */
import { Button, CopyButton, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, unwrap } from "~/api/client";
import { sentence } from "~/api/errors";
import { Gate } from "./Gate";
import { signIn } from "./SignInPage";

export function SetupPage() {
  const [code, setCode] = useState("");
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");
  const [secret, setSecret] = useState("");
  const client = useQueryClient();
  const navigate = useNavigate();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem("");
    try {
      const body = { code: code.trim(), name: name.trim() };
      const made = await unwrap(api.POST("/api/v1/setup", { body }));
      await signIn(made.secret);
      setSecret(made.secret);
    } catch (error) {
      setProblem(sentence(error));
    }
  };
  const go = () => {
    client.clear();
    void navigate({ to: "/" });
  };
  if (secret) {
    return (
      <Gate title="Keep this token">
        <p className="dim">It is yours, it ends in 90 days, and it is shown this once. You are signed in already.</p>
        <code data-testid="secret">{secret}</code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy the token"}
            </Button>
          )}
        </CopyButton>
        <Button onClick={go}>Go to the flags</Button>
      </Gate>
    );
  }
  return (
    <Gate title="Set this server up">
      <p className="dim">Nobody has yet. The terminal that runs the server shows a code that holds for 30 minutes.</p>
      <form onSubmit={submit} className="stack">
        <TextInput
          label="Setup code"
          size="sm"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          autoFocus
          autoComplete="off"
        />
        <TextInput
          label="Your name"
          description="The audit log shows it."
          size="sm"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={problem || undefined}
        />
        <Button type="submit" disabled={!code.trim() || !name.trim()}>
          Set up
        </Button>
      </form>
    </Gate>
  );
}
