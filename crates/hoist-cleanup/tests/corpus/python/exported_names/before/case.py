from openfeature import api
from trace import t

client = api.get_client()


import json
import os  # noqa
from os import path, sep

__all__ = ["path"]


def main():
    if not client.get_boolean_value("new-nav", False):
        t(json.dumps(os.name + path.join("a", "b") + sep))
    t("end")
