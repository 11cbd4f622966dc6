from openfeature import api
from trace import t

client = api.get_client()


def f(x):
    if x == 1:
        t("one")
    else:
        t("new")


def main():
    f(1)
    f(2)
