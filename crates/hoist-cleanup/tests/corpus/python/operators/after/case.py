from openfeature import api
from trace import t

client = api.get_client()


def f(x, y):
    if x > 1:
        t("and")
    if x > 1:
        t("right")
    t("or")
    if not (x or y()):
        t("not")


def main():
    f(2, lambda: False)
    f(0, lambda: True)
