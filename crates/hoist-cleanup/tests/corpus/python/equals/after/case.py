from openfeature import api
from trace import t

client = api.get_client()


def f(x):
    t("equal")
    if (x > 1):
        t("same")
    t("not off")


def main():
    f(2)
    f(0)
