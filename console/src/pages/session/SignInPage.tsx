/** Signing in: with a token, or by a link that carries one in its fragment and works once. */
import { Button, PasswordInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { type FormEvent, useCallback, useEffect, useState } from "react";
import { api, unwrap } from "~/api/client";
import { sentence } from "~/api/errors";
import { safeBack } from "./back";
import { Gate } from "./Gate";

/** Exchanges a token for a session in a cookie; the token itself is kept nowhere. */
export async function signIn(token: string) {
  return unwrap(api.POST("/api/v1/session", { body: {}, headers: { authorization: `Bearer ${token.trim()}` } }));
}

export function SignInPage() {
  const { back } = useSearch({ from: "/sign-in" });
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const navigate = useNavigate();
  const router = useRouter();
  const client = useQueryClient();
  const enter = useCallback(
    async (secret: string) => {
      setBusy(true);
      setProblem("");
      try {
        const session = await signIn(secret);
        client.clear();
        client.setQueryData(["session"], session);
        router.history.push(safeBack(back));
      } catch (error) {
        setProblem(sentence(error));
      } finally {
        setBusy(false);
      }
    },
    [back, client, router],
  );
  useEffect(() => {
    const fromLink = window.location.hash.slice(1);
    if (!fromLink.startsWith("hst_")) return;
    // The link is used up at once; nothing of it stays in the history.
    void navigate({ to: "/sign-in", search: { back }, replace: true, hash: "" });
    void enter(fromLink);
  }, [back, enter, navigate]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void enter(token);
  };
  return (
    <Gate title="Sign in">
      <form onSubmit={submit} className="stack">
        <PasswordInput
          label="Admin token"
          description="It is exchanged for a session that ends after 12 hours. This page keeps nothing of it."
          placeholder="hst_admin_…"
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          error={problem || undefined}
          autoFocus
          autoComplete="off"
          size="sm"
        />
        <Button type="submit" loading={busy} disabled={token.trim() === ""} fullWidth>
          Sign in
        </Button>
      </form>
      <p className="dim">
        No token? On the server's machine, run <code>hoist token create --kind admin --data DIR</code>.
      </p>
      <p className="dim">
        In a hurry? <a href="/kill">The kill page</a> switches flags off without this console.
      </p>
    </Gate>
  );
}
