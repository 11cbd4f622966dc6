// A shop that is observed with OpenTelemetry alone: each evaluation leaves through the official hook as a log record,
// each failure as a log record or as a count, and everything through the official exporters.

import { OpenFeature } from '@openfeature/server-sdk';
import { EventHook } from '@openfeature/open-telemetry-hooks';
import { metrics } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';

// Nothing leaves before it is told to.
const LATER = 3_600_000;
const MANY = 20_000;

let flushing = async () => {};
let failed = [];

/** Sets the SDK up; `json` chooses the encoding of log records. */
export async function telemetry({ url, token, json }) {
  const headers = { Authorization: `Bearer ${token}` };
  const options = { headers, compression: 'gzip' };
  const exporter = new (json ? JsonLogExporter : ProtobufLogExporter)({ url: `${url}/v1/logs`, ...options });
  const exporting = exporter.export.bind(exporter);
  exporter.export = (records, done) =>
    exporting(records, (result) => {
      if (result.error) failed.push(String(result.error));
      done(result);
    });
  const processor = new BatchLogRecordProcessor(exporter, {
    maxQueueSize: MANY,
    maxExportBatchSize: MANY,
    scheduledDelayMillis: LATER,
  });
  const provider = new LoggerProvider({ processors: [processor] });
  logs.setGlobalLoggerProvider(provider);
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: `${url}/v1/metrics`, ...options }),
    exportIntervalMillis: LATER,
    exportTimeoutMillis: 30_000,
  });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  flushing = async () => {
    await provider.forceFlush();
    await reader.forceFlush();
  };
  OpenFeature.addHooks(new EventHook());
  return {};
}

/** Lets users `from` to `to` use each flag; one in `fails[variant]` of them fails. Returns how many got which variant. */
export async function shop({ from, to, flags }) {
  const client = OpenFeature.getClient();
  const logger = logs.getLogger('shop');
  const meter = metrics.getMeter('shop');
  const [requests, failures] = [meter.createCounter('request'), meter.createCounter('failure')];
  const seen = {};
  for (let user = from; user < to; user += 1) {
    const targetingKey = `user-${user}`;
    for (const { key, event, counted, fails } of flags) {
      const { variant } = await client.getBooleanDetails(key, false, { targetingKey });
      const nth = (seen[`${key} ${variant}`] = (seen[`${key} ${variant}`] ?? 0) + 1);
      const broken = nth % fails[variant] === 0;
      const attributes = { 'feature_flag.key': key, 'feature_flag.result.variant': variant };
      if (counted) {
        requests.add(1, attributes);
        if (broken) failures.add(1, attributes);
      } else if (broken) {
        logger.emit({ eventName: event, attributes: { 'feature_flag.context.id': targetingKey } });
      }
    }
  }
  return seen;
}

/** Exports what has gathered. */
export async function flush() {
  await flushing();
  return { errors: failed.splice(0) };
}
