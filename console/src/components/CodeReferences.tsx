/** How to see where in the code a flag is used. */
import { CodeBlock } from "~/ui/CodeBlock";
import { Panel } from "~/ui/Page";

export function CodeReferences({ flag }: { project: string; flag: string }) {
  return (
    <Panel title="In the code">
      <div className="stack tight">
        <p className="dim">Shows every use in this folder, and what would change if the flag went:</p>
        <CodeBlock text={`hoist cleanup ${flag} .`} label="the command that shows uses" />
      </div>
    </Panel>
  );
}
