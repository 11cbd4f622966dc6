from openfeature import api
from trace import t

client = api.get_client()


def legacy():
    t("legacy")


def f():
    t("new")
    return 1


def main():
    t(f())
