from openfeature import api
from trace import t

client = api.get_client()


def f():
    pass


def main():
    f()
    t("end")
