from openfeature import api
from trace import t

client = api.get_client()


def f():
    try:
        if client.get_boolean_value("new-nav", False):
            return "new"
        return "old"
    finally:
        t("finally")


def main():
    t(f())
