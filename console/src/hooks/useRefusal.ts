/** What the signed-in role may not do, in words, so that no button offers what the server would refuse. */
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "~/api/client";
import * as queries from "~/api/queries";

export type Action = "edit" | "advance" | "stop" | "tokens" | "audit" | "administer";
/** Where: in an environment, in the project as a whole, or wherever the role may. */
export type Place = "protected" | "open" | "project" | "anywhere";

type Session = Pick<Schemas["Session"], "role" | "allowed" | "environment">;

const WORDS: Record<Action, string> = {
  edit: "change this",
  advance: "start or raise rollouts",
  stop: "stop anything",
  tokens: "make or revoke tokens",
  audit: "check the audit log",
  administer: "administer",
};

/** Returns why the server would refuse something; nothing if it would not, or if that is not known. */
export function refusal(session: Session | undefined, action: Action, place: Place): string | undefined {
  const row = session?.allowed.find((each) => each.action === action);
  if (!session || !row) return undefined;
  const where = row.open || row.protected ? PLACES[place] : "";
  const isAllowed = {
    protected: row.protected,
    open: row.open,
    project: row.open,
    anywhere: row.open || row.protected,
  };
  if (!isAllowed[place]) return `Your role, ${session.role}, may not ${WORDS[action]}${where}`;
  if (place === "project" && session.environment)
    return `Your token is for ${session.environment} alone, and this is for all`;
  return undefined;
}

const PLACES: Record<Place, string> = {
  protected: " in a protected environment",
  open: " in an open environment",
  project: " for all environments",
  anywhere: "",
};

/** Returns what is refused to whoever is signed in. */
export function useRefusal() {
  const { data } = useQuery(queries.session);
  return (action: Action, place: Place) => refusal(data, action, place);
}

/** Returns what kind of place an environment is. */
export function placeOf(isProtected: boolean | undefined): Place {
  return isProtected ? "protected" : "open";
}
