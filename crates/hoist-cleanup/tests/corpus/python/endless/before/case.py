from openfeature import api
from trace import t

client = api.get_client()


def f():
    n = 0
    while client.get_boolean_value("new-nav", False):
        n += 1
        if n > 1:
            return n
    t("never")


def main():
    t(f())
