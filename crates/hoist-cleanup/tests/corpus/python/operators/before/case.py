from openfeature import api
from trace import t

client = api.get_client()


def f(x, y):
    if client.get_boolean_value("new-nav", False) and x > 1:
        t("and")
    if x > 1 and client.get_boolean_value("new-nav", False):
        t("right")
    if client.get_boolean_value("new-nav", False) or y():
        t("or")
    if not (client.get_boolean_value("new-nav", False) and (x or y())):
        t("not")
    if not client.get_boolean_value("new-nav", False):
        t("never")


def main():
    f(2, lambda: False)
    f(0, lambda: True)
