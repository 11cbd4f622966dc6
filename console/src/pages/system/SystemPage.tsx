/** How the server is: what it serves, what deserves attention, and what ends soon. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import * as queries from "~/api/queries";
import { Age } from "~/ui/Age";
import { Page, Panel } from "~/ui/Page";
import { Tag } from "~/ui/Tag";
import { count } from "~/util/number";
import { moment, span } from "~/util/time";
import styles from "./SystemPage.module.css";

const REFRESH_MS = 5_000;

export function SystemPage() {
  const { data: system } = useQuery({ ...queries.system, refetchInterval: REFRESH_MS });
  if (!system) return null;
  return (
    <Page
      title="System health"
      note={
        <>
          {system.warnings.length === 0 ? (
            <Tag tone="good" dot>
              nothing needs attention
            </Tag>
          ) : (
            <Tag tone="bad" dot>
              {system.warnings.length} things need attention
            </Tag>
          )}
          <span>Hoist {system.release}</span>
        </>
      }
    >
      {system.warnings.length > 0 && (
        <Panel title="Needs attention">
          <ul className="stack tight">
            {system.warnings.map((warning) => (
              <li key={warning} className="user-text">
                {warning}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel title="This server">
        <dl className={styles.facts}>
          <Fact label="Up for" value={span(system.uptime_seconds * 1_000)} />
          <Fact label="Storage" value={system.store === "sqlite" ? "embedded (SQLite)" : "PostgreSQL"} />
          <Fact label="Open streams" value={count(system.streams)} />
          <Fact label="Epoch" value={count(system.epoch)} />
          <Fact label="Installation" value={system.installation} />
          <Fact label="Its time" value={moment(system.now)} />
        </dl>
      </Panel>
      <Panel title="What it serves" flush>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
        <div className={styles.scroll} tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th>Project</th>
                <th>Environment</th>
                <th>Stored</th>
                <th>Served</th>
                <th>State</th>
              </tr>
            </thead>
            <tbody>
              {system.environments.map((each) => (
                <tr key={`${each.project} ${each.environment}`}>
                  <td>{each.project}</td>
                  <td>{each.environment}</td>
                  <td className="num">{count(each.generation)}</td>
                  <td className="num">
                    {each.served_generation === null || each.served_generation === undefined
                      ? "–"
                      : count(each.served_generation)}
                  </td>
                  <td>
                    {each.served_generation === each.generation ? (
                      <Tag tone="good">current</Tag>
                    ) : (
                      <Tag tone="warn">behind</Tag>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
      <Panel title="Tokens that end soon">
        {system.expiring_tokens.length === 0 ? (
          <p className="dim">None within 30 days.</p>
        ) : (
          <ul className="stack tight">
            {system.expiring_tokens.map((token) => (
              <li key={token.token}>
                <Link to="/tokens" className="user-text">
                  {token.name}
                </Link>{" "}
                ends <Age at={token.expires_at} />
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </Page>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="num user-text">{value}</dd>
    </div>
  );
}
