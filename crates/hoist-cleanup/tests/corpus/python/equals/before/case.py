from openfeature import api
from trace import t

client = api.get_client()


def f(x):
    on = client.get_boolean_value("new-nav", False)
    if on == True:
        t("equal")
    if on is not True:
        t("never")
    if (x > 1) == on:
        t("same")
    if on != False:
        t("not off")


def main():
    f(2)
    f(0)
