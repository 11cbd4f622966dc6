/** Everything one can go to or do, by name: Ctrl+K. */
import { Spotlight, type SpotlightActionData } from "@mantine/spotlight";
import { IconFlag3, IconMoon, IconSearch, IconSun, IconTrendingUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import * as queries from "~/api/queries";
import { useEnvironment } from "~/hooks/useEnvironment";
import { usePageCommands } from "~/hooks/usePageCommands";
import { setScheme } from "~/ui/scheme";
import { GLOBAL_PAGES, PROJECT_PAGES } from "./Navigation";

const SHOWN = 12;

export function Palette({ project }: { project?: string }) {
  const navigate = useNavigate();
  const { all, open } = useEnvironment(project);
  const { data } = useQuery({ ...queries.overview(project ?? ""), enabled: project !== undefined });
  const here = usePageCommands();
  const [opened, setOpened] = useState(false);
  const actions = useMemo((): SpotlightActionData[] => {
    const params = { project: project ?? "" };
    const pages = [...(project ? PROJECT_PAGES : []), ...GLOBAL_PAGES].map((page) => ({
      id: page.to,
      label: page.label,
      description: "Page",
      leftSection: page.icon,
      onClick: () => void navigate({ to: page.to, params }),
    }));
    // Ten thousand flags are made into actions only when somebody looks.
    const flags = (opened ? (data?.flags ?? []) : []).flatMap((flag): SpotlightActionData[] => {
      const going = flag.environments.filter((each) => each.rollout);
      const toFlag = {
        id: `flag ${flag.key}`,
        label: flag.key,
        description: flag.title || "Flag",
        keywords: [flag.owner, ...flag.tags],
        leftSection: <IconFlag3 size={16} />,
        onClick: () => void navigate({ to: "/projects/$project/flags/$flag", params: { ...params, flag: flag.key } }),
      };
      const toRollouts = going.map((each) => ({
        id: `rollout ${each.rollout}`,
        label: `${flag.key} in ${each.environment}`,
        description: `Rollout, ${each.phase}`,
        leftSection: <IconTrendingUp size={16} />,
        onClick: () =>
          void navigate({
            to: "/projects/$project/rollouts/$rollout",
            params: { ...params, rollout: each.rollout ?? "" },
          }),
      }));
      return [toFlag, ...toRollouts];
    });
    const switches = all.map((each) => ({
      id: `environment ${each.key}`,
      label: `Open environment ${each.key}`,
      description: each.protected ? "Protected" : "Environment",
      onClick: () => open(each.key),
    }));
    const looks = [
      {
        id: "dark",
        label: "Dark",
        description: "Look",
        leftSection: <IconMoon size={16} />,
        onClick: () => setScheme("dark"),
      },
      {
        id: "light",
        label: "Light",
        description: "Look",
        leftSection: <IconSun size={16} />,
        onClick: () => setScheme("light"),
      },
    ];
    const commands = here.map((each) => ({
      id: `here ${each.label}`,
      label: each.label,
      description: "On this page",
      onClick: each.run,
    }));
    return [...commands, ...pages, ...switches, ...looks, ...flags];
  }, [project, data, all, here, navigate, open, opened]);
  return (
    <Spotlight
      actions={actions}
      onSpotlightOpen={() => setOpened(true)}
      onSpotlightClose={() => setOpened(false)}
      attributes={{ content: { "aria-label": "Search and commands" } }}
      shortcut={["mod + K", "mod + P"]}
      limit={SHOWN}
      highlightQuery
      scrollable
      maxHeight={420}
      lockScroll={false}
      nothingFound="Nothing by that name"
      searchProps={{
        leftSection: <IconSearch size={16} />,
        placeholder: "Flags, rollouts, pages, commands",
        "aria-label": "Search and commands",
      }}
    />
  );
}
