/** The two buttons of a thing that the project keeps. */
import { useRefusal } from "~/hooks/useRefusal";
import { Act } from "~/ui/Act";

type Props = { onEdit: () => void; onDelete: () => void };

export function EditDelete({ onEdit, onDelete }: Props) {
  const refused = useRefusal()("edit", "project");
  return (
    <>
      <Act size="compact-xs" variant="default" refused={refused} onClick={onEdit}>
        Edit
      </Act>
      <Act size="compact-xs" variant="subtle" color="red" refused={refused} onClick={onDelete}>
        Delete
      </Act>
    </>
  );
}
