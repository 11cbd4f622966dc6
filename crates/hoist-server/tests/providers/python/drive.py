"""Drives the official Python OFREP provider: one JSON command a line on standard input, one JSON answer a line out.

The test that starts this script holds every expectation; nothing is judged here.
"""

import json
import sys

import requests
from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext

# What the provider gets, as a proxy would see it.
exchanges = []
send = requests.Session.send


def observed_send(session, request, **rest):
    response = send(session, request, **rest)
    exchanges.append({"url": request.url, "status": response.status_code})
    return response


requests.Session.send = observed_send

METHODS = {
    "boolean": "get_boolean_details",
    "string": "get_string_details",
    "integer": "get_integer_details",
    "float": "get_float_details",
    "object": "get_object_details",
}


def provider(command):
    token = command.get("token")
    headers = (lambda: {"Authorization": f"Bearer {token}"}) if token else None
    api.set_provider(OFREPProvider(command["url"], headers_factory=headers))
    return {}


def evaluate(command):
    context = dict(command.get("context") or {})
    key = context.pop("targetingKey", None)
    method = getattr(api.get_client(), METHODS[command["kind"]])
    details = method(command["key"], command["fallback"], EvaluationContext(key, context))
    text = lambda member: None if member is None else str(getattr(member, "value", member))
    return {
        "value": details.value,
        "type": type(details.value).__name__,
        "variant": details.variant,
        "reason": text(details.reason),
        "errorCode": text(details.error_code),
        "errorMessage": details.error_message,
        "flagMetadata": dict(details.flag_metadata or {}),
    }


def seen(_command):
    answer = exchanges[:]
    exchanges.clear()
    return answer


def observed(name):
    def run(command):
        import otlp  # Loads slowly, and few tests need it.

        return getattr(otlp, name)(command)

    return run


COMMANDS = {"provider": provider, "evaluate": evaluate, "exchanges": seen}
COMMANDS.update({name: observed(name) for name in ("telemetry", "shop", "flush")})

for line in sys.stdin:
    command = json.loads(line)
    try:
        result = COMMANDS[command.pop("op")](command)
    except Exception as error:  # noqa: BLE001 - whatever went wrong belongs in the answer
        result = {"failed": repr(error)}
    print(json.dumps(result), flush=True)
