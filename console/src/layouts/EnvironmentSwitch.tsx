/** Chooses the environment that pages are about. Protected ones carry a lock. */
import { Menu, UnstyledButton } from "@mantine/core";
import { IconCheck, IconChevronDown, IconLock } from "@tabler/icons-react";
import { useEnvironment } from "~/hooks/useEnvironment";
import styles from "./EnvironmentSwitch.module.css";

export function EnvironmentSwitch({ project }: { project: string }) {
  const { record, all, open } = useEnvironment(project);
  if (!record) return null;
  return (
    <Menu position="bottom-start" shadow="md" width={230}>
      <Menu.Target>
        <UnstyledButton
          className={styles.button}
          data-protected={record.protected}
          aria-label={`Environment ${record.key}`}
        >
          {record.protected && <IconLock size={13} />}
          <span className="clip">{record.key}</span>
          <IconChevronDown size={13} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {all.map((each) => (
          <Menu.Item
            key={each.key}
            leftSection={each.protected ? <IconLock size={13} /> : <span className={styles.gap} />}
            rightSection={each.key === record.key ? <IconCheck size={14} /> : null}
            onClick={() => open(each.key)}
          >
            {each.key}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
