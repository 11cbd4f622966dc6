/** The event stream of the open environment. It carries no data: each event only says what to ask for again. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { askAgain } from "./again";
import type { Schemas } from "./client";

type Marks = Schemas["EnvironmentMarks"];
export type Connection = "opening" | "live" | "lost";

/** Returns the keys of the queries that the difference between two marks makes stale. */
export function staleKeys(project: string, was: Marks | undefined, is: Marks): unknown[][] {
  if (!was) return [];
  const keys: unknown[][] = [];
  const of = (...rest: unknown[]) => ["project", project, ...rest];
  const versions = new Map(was.rollouts.map((mark) => [mark.id, mark.version]));
  const moved = is.rollouts.filter((mark) => versions.get(mark.id) !== mark.version).map((mark) => mark.id);
  const still = new Set(is.rollouts.map((mark) => mark.id));
  const ended = was.rollouts.map((mark) => mark.id).filter((id) => !still.has(id));
  for (const id of [...moved, ...ended]) keys.push(of("rollout", id), of("decisions", id), of("looks", id));
  if (moved.length > 0 || ended.length > 0) keys.push(of("rollouts"));
  if (was.generation !== is.generation) keys.push(of("overview"), of("flag"));
  if (was.audit !== is.audit) {
    const resources = [
      "overview",
      "flag",
      "rollouts",
      "segments",
      "plans",
      "metrics",
      "environments",
      "staleness",
      "services",
      "features",
    ];
    for (const resource of resources) keys.push(of(resource));
    keys.push(["audit"], ["tokens"], ["projects"]);
  }
  return keys;
}

/** Follows an environment while the page is open. Returns whether the stream is there. */
export function useLive(project: string | undefined, environment: string | undefined): Connection {
  const client = useQueryClient();
  const [state, setState] = useState<Connection>("opening");
  useEffect(() => {
    if (!project || !environment) return;
    setState("opening");
    return follow(client, project, environment, setState);
  }, [client, project, environment]);
  return state;
}

/** Pause before a stream is asked for again that was refused: the browser itself only comes back to one that broke off. */
const REOPEN_MS = 5_000;

/**
 * Follows while the page can be seen: over HTTP/1.1 a browser has six connections to a server for all of its tabs together,
 * and each stream holds one.
 */
export function follow(client: QueryClient, project: string, environment: string, tell: (state: Connection) => void) {
  const path = `/api/v1/projects/${encodeURIComponent(project)}/environments/${encodeURIComponent(environment)}/events`;
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let seen: Marks | undefined;
  let missed = false;
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const open = () => {
    close();
    const opened = new EventSource(path);
    source = opened;
    opened.onopen = () => tell("live");
    opened.onerror = () => {
      missed = true;
      tell("lost");
      if (opened.readyState === EventSource.CLOSED) timer = setTimeout(open, REOPEN_MS);
    };
    opened.onmessage = (event) => {
      const marks = JSON.parse(event.data) as Marks;
      // Whatever happened while nobody listened is unknown: everything of the project is asked for again.
      if (missed) askAgain(client, ["project", project]);
      else for (const queryKey of staleKeys(project, seen, marks)) askAgain(client, queryKey);
      missed = false;
      seen = marks;
      tell("live");
    };
  };
  const turn = () => {
    if (document.hidden) {
      missed = true;
      close();
    } else if (!source) {
      tell("opening");
      open();
    }
  };
  document.addEventListener("visibilitychange", turn);
  if (!document.hidden) open();
  return () => {
    document.removeEventListener("visibilitychange", turn);
    close();
  };
}
