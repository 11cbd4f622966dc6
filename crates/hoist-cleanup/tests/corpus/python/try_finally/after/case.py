from openfeature import api
from trace import t

client = api.get_client()


def f():
    try:
        return "new"
    finally:
        t("finally")


def main():
    t(f())
