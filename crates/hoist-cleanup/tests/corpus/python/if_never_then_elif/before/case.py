from openfeature import api
from trace import t

client = api.get_client()


def f(x):
    if client.get_boolean_value("new-nav", False):
        t("new")
    elif x == 1:
        t("one")
    else:
        t("old")


def main():
    f(1)
    f(2)
