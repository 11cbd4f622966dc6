from openfeature import api
from trace import t

client = api.get_client()


def f(x, y):
    if client.get_boolean_value("new-nav", False) and y():
        t("and")
    if client.get_boolean_value("new-nav", False) or x > 1:
        t("or")
    if x > 1 or client.get_boolean_value("new-nav", False):
        t("right")
    if x > 1 and client.get_boolean_value("new-nav", False):
        t("never")
    if not client.get_boolean_value("new-nav", False) or y():
        t("not")


def never():
    t("called")
    return True


def main():
    f(2, never)
    f(0, never)
