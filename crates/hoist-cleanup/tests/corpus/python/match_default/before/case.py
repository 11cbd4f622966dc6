from openfeature import api
from trace import t

client = api.get_client()


def main():
    match client.get_string_value("new-nav", "red"):
        case "red":
            t("red")
        case "blue" | "yellow":
            t("blue")
        case _:
            t("other")
    t("end")
