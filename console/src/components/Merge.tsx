/** Somebody else saved first. Both edits are shown; what does not touch is merged, the rest is chosen. */
import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "~/ui/Dialog";
import { apply, type Json, merge } from "~/util/changes";
import { Diff } from "./Diff";
import styles from "./Merge.module.css";

type Props = {
  base: unknown;
  mine: unknown;
  theirs: unknown;
  onMerged: (merged: unknown) => void;
  onClose: () => void;
};

export function Merge({ base, mine, theirs, onMerged, onClose }: Props) {
  const result = merge(base as Json, mine as Json, theirs as Json);
  const [chosen, setChosen] = useState<Record<string, "mine" | "theirs">>({});
  const finish = () => {
    let merged: Json | undefined = result.merged;
    for (const conflict of result.conflicts) {
      if (chosen[conflict.mine.path.join("/")] === "mine") merged = apply(merged, conflict.mine);
    }
    onMerged(merged);
  };
  const open = result.conflicts.filter((conflict) => !chosen[conflict.mine.path.join("/")]).length;
  return (
    <Dialog onClose={onClose} title="Somebody else changed this first" size="lg">
      <div className="stack">
        <p>Nothing is lost: your edit is still here, and theirs is on the server.</p>
        <section className="stack tight">
          <h3>They changed</h3>
          <Diff before={base} after={theirs} />
        </section>
        <section className="stack tight">
          <h3>You changed</h3>
          <Diff before={base} after={mine} />
        </section>
        {result.conflicts.length > 0 && (
          <section className="stack tight">
            <h3>Both changed</h3>
            {result.conflicts.map((conflict) => {
              const path = conflict.mine.path.join("/");
              return (
                <div key={path} className={styles.conflict}>
                  <span className="mono user-text">{conflict.mine.path.join(" › ")}</span>
                  <SegmentedControl
                    size="xs"
                    aria-label={`Which stands: ${path}`}
                    data={[
                      { value: "", label: "Choose" },
                      { value: "theirs", label: "Theirs" },
                      { value: "mine", label: "Mine" },
                    ]}
                    value={chosen[path] ?? ""}
                    onChange={(value) => setChosen({ ...chosen, [path]: value as "mine" | "theirs" })}
                  />
                </div>
              );
            })}
          </section>
        )}
        <div className={styles.buttons}>
          <Button size="xs" variant="default" onClick={onClose}>
            Go on editing
          </Button>
          <Button
            size="xs"
            disabled={open > 0}
            title={open > 0 ? "Choose which one stands" : undefined}
            onClick={finish}
          >
            Merge and review
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
