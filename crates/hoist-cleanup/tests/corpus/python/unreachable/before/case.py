from openfeature import api
from trace import t

client = api.get_client()


def legacy():
    t("legacy")


def _helper():
    legacy()


def f():
    if client.get_boolean_value("new-nav", False):
        t("new")
        return 1
    _helper()
    return 2


def main():
    t(f())
