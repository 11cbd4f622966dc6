from openfeature import api
from trace import t

client = api.get_client()


def g(on=False):
    t(on)


def main():
    t("new")
    g(on=True)
    t({"on": True})
