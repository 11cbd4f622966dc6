/** How programs ask for the flag. */
import { Select } from "@mantine/core";
import { useState } from "react";
import type { Schemas } from "~/api/client";
import { CodeBlock } from "~/ui/CodeBlock";
import { Panel } from "~/ui/Page";
import { type Kind, snippets } from "./snippets";

const LANGUAGE = "hoist.language";

export function CodeTab({ flag }: { flag: Schemas["Flag"] }) {
  const off = flag.environments?.[0]?.targeting.off_variant;
  const fallback = (flag.variants.find((variant) => variant.key === off) ?? flag.variants.at(-1))?.value;
  const all = snippets({ flag: flag.key, kind: flag.kind as Kind, fallback, server: window.location.origin });
  const [language, setLanguage] = useState(localStorage.getItem(LANGUAGE) ?? all[0]?.language ?? "");
  const shown = all.find((each) => each.language === language) ?? all[0];
  const choose = (next: string | null) => {
    if (!next) return;
    localStorage.setItem(LANGUAGE, next);
    setLanguage(next);
  };
  return (
    <div className="stack">
      <Panel
        title="Ask for it"
        aside={
          <Select
            aria-label="Language"
            data={all.map((each) => each.language)}
            value={shown?.language ?? null}
            onChange={choose}
          />
        }
      >
        <div className="stack tight">
          {shown?.install && <CodeBlock text={shown.install} label="the installation" />}
          {shown && <CodeBlock text={shown.code} label={`the snippet for ${shown.language}`} />}
          <p className="dim">
            The fallback is the flag's off variant, so that a program without an answer does what a switched-off flag
            does. Make the token at Tokens and members.
          </p>
        </div>
      </Panel>
    </div>
  );
}
