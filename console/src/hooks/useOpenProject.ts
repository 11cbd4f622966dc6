/** The open project: the one in the address, else the one that was open last, else the first. */
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import * as queries from "~/api/queries";

const KEY = "hoist.project";

export function useOpenProject(): string | undefined {
  const { project } = useParams({ strict: false });
  const { data: all = [] } = useQuery({ ...queries.projects, enabled: project === undefined });
  useEffect(() => {
    if (project) localStorage.setItem(KEY, project);
  }, [project]);
  return project ?? (all.find((each) => each.key === localStorage.getItem(KEY)) ?? all[0])?.key;
}
