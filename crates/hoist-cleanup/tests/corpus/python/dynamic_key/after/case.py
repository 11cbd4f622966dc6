from openfeature import api
from trace import t

client = api.get_client()


def is_on(name):
    return client.get_boolean_value("new-" + name, False)


def main():
    if is_on("nav"):
        t("one")
    t("two")
