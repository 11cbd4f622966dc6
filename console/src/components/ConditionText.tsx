/** A condition as a sentence in which the parts can be told apart. */

import styles from "./ConditionText.module.css";
import { type Condition, conditionText } from "./sentence";

export function ConditionText({ condition }: { condition: Condition }) {
  return <span className={`${styles.sentence} user-text`}>{conditionText(condition)}</span>;
}
