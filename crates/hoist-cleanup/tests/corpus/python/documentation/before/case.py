from openfeature import api
from trace import t

client = api.get_client()


def f():
    if client.get_boolean_value("new-nav", False):
        "new"
        t("work")
    return 1


def main():
    f()
    t(str(f.__doc__))
