from openfeature import api
from trace import t

client = api.get_client()


def f(x):
    if x == 1:
        t("one")
    elif client.get_boolean_value("new-nav", False):
        t("new")


def main():
    f(1)
    f(2)
