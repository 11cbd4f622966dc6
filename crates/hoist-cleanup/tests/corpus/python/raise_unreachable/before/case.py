from openfeature import api
from trace import t

client = api.get_client()


def f():
    if client.get_boolean_value("new-nav", False):
        raise ValueError("gone")
    t("cleanup")


def main():
    try:
        f()
    except ValueError as error:
        t(error)
