from openfeature import api
from trace import t

client = api.get_client()


def f(x, y):
    if x > 1:
        t("or")
    if x > 1:
        t("right")
    t("not")


def never():
    t("called")
    return True


def main():
    f(2, never)
    f(0, never)
