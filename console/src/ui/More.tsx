/** The end of a list that is not the end: says that there is more, and brings it. */
import { Button } from "@mantine/core";
import styles from "./More.module.css";

type Props = { words: string; verb?: string; isBusy?: boolean; onMore: () => void };

export function More({ words, verb = "Show more", isBusy, onMore }: Props) {
  return (
    <p className={styles.more}>
      <span className="dim num">{words}</span>
      <Button size="compact-xs" variant="default" loading={isBusy} onClick={onMore}>
        {verb}
      </Button>
    </p>
  );
}
