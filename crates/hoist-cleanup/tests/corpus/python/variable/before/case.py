from openfeature import api
from trace import t

client = api.get_client()


def g(on=False):
    t(on)


def main():
    on = client.get_boolean_value("new-nav", False)
    if on:
        t("new")
    g(on=on)
    t({"on": on})
