from openfeature import api
from trace import t

client = api.get_client()


def g(on):
    if on:
        t("g")


def main():
    g(False)
    g(True)
    t([on for on in [1, 2]])
    f = lambda on: on
    t(f(3))
