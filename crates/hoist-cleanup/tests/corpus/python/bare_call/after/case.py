from openfeature import api
from trace import t

client = api.get_client()


def f():
    t("asked")


def main():
    f()
