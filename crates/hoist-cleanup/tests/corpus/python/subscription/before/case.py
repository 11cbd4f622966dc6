from openfeature import api
from trace import t

client = api.get_client()


def changed(flags_changed):
    if "new-nav" in flags_changed:
        t("changed")


def main():
    changed(["new-nav"])
    if client.get_boolean_value("new-nav", False):
        t("new")
