/** Views that were given a name. A view is an address, so it can be sent; the names are kept in this browser. */
import { ActionIcon, Button, Menu, TextInput } from "@mantine/core";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { FlagsSearch } from "~/routes";

const KEY = "hoist.views";
const MOST = 20;
type View = { name: string; search: FlagsSearch };

function read(): View[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? (found as View[]) : [];
  } catch {
    return [];
  }
}

export function SavedViews({ search, onOpen }: { search: FlagsSearch; onOpen: (search: FlagsSearch) => void }) {
  const [views, setViews] = useState(read);
  const [name, setName] = useState("");
  const keep = (next: View[]) => {
    setViews(next);
    localStorage.setItem(KEY, JSON.stringify(next.slice(0, MOST)));
  };
  const save = () => {
    const { q, owner, tag, category, state, sort } = search;
    keep([
      { name: name.trim(), search: { q, owner, tag, category, state, sort } },
      ...views.filter((view) => view.name !== name.trim()),
    ]);
    setName("");
  };
  return (
    <Menu position="bottom-end" width={260} shadow="md" closeOnItemClick>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconBookmark size={14} />}>
          Views
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onOpen({})}>All flags</Menu.Item>
        <Menu.Item onClick={() => onOpen({ state: "rolling out" })}>Rolling out</Menu.Item>
        <Menu.Item onClick={() => onOpen({ state: "expired" })}>Expired</Menu.Item>
        {views.length > 0 && <Menu.Divider />}
        {views.map((view) => (
          <Menu.Item
            key={view.name}
            onClick={() => onOpen(view.search)}
            rightSection={
              <ActionIcon
                component="span"
                size="xs"
                variant="subtle"
                color="gray"
                aria-label={`Forget ${view.name}`}
                onClick={(event) => {
                  event.stopPropagation();
                  keep(views.filter((each) => each.name !== view.name));
                }}
              >
                <IconTrash size={12} />
              </ActionIcon>
            }
          >
            <span className="user-text">{view.name}</span>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) save();
          }}
        >
          <TextInput
            className="grow"
            aria-label="Name of this view"
            placeholder="Name this view"
            maxLength={64}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button size="xs" type="submit" disabled={!name.trim()}>
            Save
          </Button>
        </form>
      </Menu.Dropdown>
    </Menu>
  );
}
