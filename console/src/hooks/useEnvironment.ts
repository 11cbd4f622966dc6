/** The open environment: the one in the address, else the one that was open last, else production or the first. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import type { Schemas } from "~/api/client";
import * as queries from "~/api/queries";

const KEY = "hoist.environment";

export type OpenEnvironment = {
  key: string | undefined;
  record: Schemas["Environment"] | undefined;
  all: Schemas["Environment"][];
  open: (key: string) => void;
};

export function useEnvironment(project: string | undefined): OpenEnvironment {
  const { env } = useSearch({ strict: false }) as { env?: string };
  const navigate = useNavigate();
  const { data: all = [] } = useQuery({ ...queries.environments(project ?? ""), enabled: project !== undefined });
  const wanted = [env, localStorage.getItem(KEY), "production"];
  const record = wanted.map((key) => all.find((each) => each.key === key)).find((each) => each !== undefined) ?? all[0];
  const key = record?.key;
  useEffect(() => {
    if (key) localStorage.setItem(KEY, key);
  }, [key]);
  const open = useCallback(
    (next: string) => {
      localStorage.setItem(KEY, next);
      void navigate({ to: ".", search: (was: Record<string, unknown>) => ({ ...was, env: next }), replace: true });
    },
    [navigate],
  );
  return { key, record, all, open };
}
