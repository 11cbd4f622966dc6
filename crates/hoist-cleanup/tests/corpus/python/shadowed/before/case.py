from openfeature import api
from trace import t

client = api.get_client()


def g(on):
    if on:
        t("g")


def main():
    on = client.get_boolean_value("new-nav", False)
    g(False)
    g(on)
    t([on for on in [1, 2]])
    f = lambda on: on
    t(f(3))
