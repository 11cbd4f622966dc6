from openfeature import api
from trace import t

client = api.get_client()


def f():
    on = client.get_boolean_value("new-nav", False)
    t("on" if on else "off")


def g():
    for on in [0, 1]:
        t(on)
    try:
        raise ValueError("x")
    except ValueError as on:
        t(on)
    t([on for on in [False]])


def main():
    f()
    g()
