/** The open project, and the others. */
import { Menu, UnstyledButton } from "@mantine/core";
import { IconCheck, IconSelector } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import * as queries from "~/api/queries";
import styles from "./ProjectMenu.module.css";

export function ProjectMenu({ project }: { project?: string }) {
  const { data: projects = [] } = useQuery(queries.projects);
  const navigate = useNavigate();
  const current = projects.find((each) => each.key === project);
  return (
    <Menu position="bottom-start" width={196} shadow="md">
      <Menu.Target>
        <UnstyledButton className={styles.button}>
          <span className={styles.words}>
            <span className={styles.kind}>Project</span>
            <span className="clip user-text">{current?.title || (project ?? "choose one")}</span>
          </span>
          <IconSelector size={14} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {projects.map((each) => (
          <Menu.Item
            key={each.key}
            rightSection={each.key === project ? <IconCheck size={14} /> : null}
            onClick={() => navigate({ to: "/projects/$project/flags", params: { project: each.key } })}
          >
            <span className="user-text">{each.title || each.key}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
