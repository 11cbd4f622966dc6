/** Where in the code a flag is used, as `hoist refs` last reported it. */
import { CodeBlock } from "~/ui/CodeBlock";
import { Panel } from "~/ui/Page";

export function CodeReferences({ flag }: { project: string; flag: string }) {
  return (
    <Panel title="In the code">
      <div className="stack tight">
        <p className="dim">Find every use, with file and line, in a checkout of the code:</p>
        <CodeBlock text={`hoist refs . | grep ${flag}`} label="the command that finds references" />
      </div>
    </Panel>
  );
}
