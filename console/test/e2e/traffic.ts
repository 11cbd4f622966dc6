/** The traffic of a shop as a metric source would tell it: counters of both arms, and two gauges of the treatment. */
import { type Hoist, startHoist } from "./server";
import { type Source, startSource } from "./source";
import { makeWorld } from "./world";

/** Requests in a second, of the treatment and of the control. */
const TREATED = 900;
const OTHERS = 9_000;
const ERRORS = 0.012;

/** Starts a source with a healthy shop. */
function startTraffic(): Promise<Source> {
  // A little of a wave, so that a curve looks like one.
  const wave = (seconds: number, phase: number) => 1 + 0.1 * Math.sin(seconds / 2 + phase);
  return startSource({
    'errors{variant="new"': (seconds) => Math.round(seconds * TREATED * ERRORS * wave(seconds, 0.5)),
    'errors{variant="old"': (seconds) => Math.round(seconds * OTHERS * ERRORS),
    'requests{variant="new"': (seconds) => Math.round(seconds * TREATED),
    'requests{variant="old"': (seconds) => Math.round(seconds * OTHERS),
    'failures{variant="new"': (seconds) => 0.011 * wave(seconds, 0),
    'failures{variant="old"': 0.011,
    'seconds{variant="old"': 0.2,
    'seconds{variant="new"': (seconds) => 0.21 * wave(seconds, 1),
  });
}

/** Starts a server with demo data that watches such a shop. */
export async function startWatching(): Promise<{ hoist: Hoist; source: Source }> {
  const source = await startTraffic();
  const hoist = await startHoist({
    args: ["--prometheus-url", source.url, "--metric-range", "127.0.0.0/8", "--tick-floor", "250ms"],
  });
  await makeWorld(hoist);
  return { hoist, source };
}

/** From now on checkouts of the treatment end in errors. */
export function breakCheckout(source: Source) {
  let since: number | undefined;
  source.set('errors{variant="new"', (seconds) => {
    since ??= seconds;
    return Math.round(seconds * TREATED * ERRORS * 1.1 + (seconds - since) * TREATED * 0.2);
  });
}
