from openfeature import api
from trace import t

client = api.get_client()


def f():
    t("start")
    if client.get_boolean_value("new-nav", False):
        yield 1


def main():
    for x in f():
        t(x)
    t("end")
