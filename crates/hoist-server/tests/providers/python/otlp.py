"""A shop that is observed with OpenTelemetry alone: each evaluation leaves through a hook as a log record, each failure
as a log record or as a count, and everything through the official exporters.

The official hook for Python adds evaluations to spans, which are no exposures, so the hook here is one as an application
would write it, with the attributes of the official one.
"""

import logging
from collections import Counter

from openfeature import api
from openfeature.contrib.hook.opentelemetry import OTEL_EVENT_NAME, EventAttributes
from openfeature.evaluation_context import EvaluationContext
from openfeature.hook import Hook
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

# Nothing leaves before it is told to.
LATER = 3_600_000
MANY = 20_000

state = {}


class Failures(logging.Handler):
    """Keeps what exporters complain about."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


class EventHook(Hook):
    def __init__(self, logger):
        self.logger = logger

    def finally_after(self, hook_context, details, hints):
        attributes = {
            EventAttributes.KEY: details.flag_key,
            EventAttributes.RESULT_VARIANT: details.variant,
            EventAttributes.RESULT_REASON: str(getattr(details.reason, "value", details.reason)).lower(),
            EventAttributes.CONTEXT_ID: hook_context.evaluation_context.targeting_key,
            EventAttributes.PROVIDER_NAME: hook_context.provider_metadata.name,
        }
        self.logger.emit(LogRecord(event_name=OTEL_EVENT_NAME, attributes=attributes))


def telemetry(command):
    headers = {"Authorization": f"Bearer {command['token']}"}
    options = {"headers": headers, "compression": Compression.Gzip}
    exporter = OTLPLogExporter(endpoint=f"{command['url']}/v1/logs", **options)
    provider = LoggerProvider()
    provider.add_log_record_processor(
        BatchLogRecordProcessor(
            exporter, schedule_delay_millis=LATER, max_queue_size=MANY, max_export_batch_size=MANY
        )
    )
    reader = PeriodicExportingMetricReader(
        OTLPMetricExporter(endpoint=f"{command['url']}/v1/metrics", **options), export_interval_millis=LATER
    )
    meters = MeterProvider(metric_readers=[reader])
    failures = Failures()
    logging.getLogger("opentelemetry").addHandler(failures)
    state.update(provider=provider, meters=meters, failures=failures, logger=provider.get_logger("shop"))
    meter = meters.get_meter("shop")
    state.update(requests=meter.create_counter("request"), failed=meter.create_counter("failure"))
    api.add_hooks([EventHook(state["logger"])])
    return {}


def shop(command):
    client = api.get_client()
    seen = Counter()
    for user in range(command["from"], command["to"]):
        unit = f"user-{user}"
        for flag in command["flags"]:
            key = flag["key"]
            variant = client.get_boolean_details(key, False, EvaluationContext(unit)).variant
            seen[f"{key} {variant}"] += 1
            broken = seen[f"{key} {variant}"] % flag["fails"][variant] == 0
            attributes = {"feature_flag.key": key, "feature_flag.result.variant": variant}
            if flag.get("counted"):
                state["requests"].add(1, attributes)
                if broken:
                    state["failed"].add(1, attributes)
            elif broken:
                record = LogRecord(event_name=flag["event"], attributes={"feature_flag.context.id": unit})
                state["logger"].emit(record)
    return dict(seen)


def flush(command):
    state["provider"].force_flush()
    state["meters"].force_flush()
    return {"errors": state["failures"].messages}
