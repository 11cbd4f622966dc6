from openfeature import api
from trace import t

client = api.get_client()


def f():
    if not client.get_boolean_value("new-nav", False):
        return "old"
    t("work")
    return "new"


def main():
    t(f())
