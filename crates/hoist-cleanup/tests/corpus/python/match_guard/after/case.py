from openfeature import api
from trace import t

client = api.get_client()


def f(x):
    match "blue":
        case "blue" if x:
            t("blue")
        case _:
            t("other")


def main():
    f(True)
    f(False)
