from openfeature import api
from trace import t

client = api.get_client()


def f():
    t("work")
    return "new"


def main():
    t(f())
