from openfeature import api
from trace import t

client = api.get_client()


def f():
    client.get_boolean_value("new-nav", False)
    t("asked")


def main():
    f()
