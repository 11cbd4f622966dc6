from openfeature import api
from trace import t

client = api.get_client()


def f(x):
    match client.get_string_value("new-nav", "red"):
        case "blue" if x:
            t("blue")
        case _:
            t("other")


def main():
    f(True)
    f(False)
