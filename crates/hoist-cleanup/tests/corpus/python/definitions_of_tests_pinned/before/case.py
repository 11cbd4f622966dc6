import json
from pathlib import Path

from openfeature import api
from trace import t

client = api.get_client()
flags = json.loads((Path(__file__).parent / "flags.test.json").read_text())["flags"]


def main():
    t(flags["new-nav"]["defaultVariant"])
    if client.get_boolean_value("new-nav", False):
        t("new")
