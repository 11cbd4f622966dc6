"""Runs every case of cases.json before and after, and prints what each did."""

import json
import runpy

import trace
from openfeature import api


def run(file, value):
    api.frozen = value
    trace.traced.clear()
    try:
        runpy.run_path(file)["main"]()
    except Exception as error:
        trace.traced.append(f"raised {type(error).__name__} {error}")
    return list(trace.traced)


with open("cases.json") as cases:
    done = [
        {"name": case["name"], "before": run(case["before"], case["value"]), "after": run(case["after"], case["value"])}
        for case in json.load(cases)
    ]
print(json.dumps(done))
