/** What is wrong with what was entered, said aloud; nothing when nothing is. */
export function Refused({ words }: { words: string | undefined }) {
  if (!words) return null;
  return (
    <p role="alert" style={{ color: "var(--bad-text)", gridColumn: "1 / -1" }}>
      {words}
    </p>
  );
}
