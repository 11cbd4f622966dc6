from openfeature import api
from trace import t

client = api.get_client()


def main():
    color = client.get_string_value("new-nav", "red")
    if color in ("red", "blue"):
        t("known")
    if color not in ["red", "green"]:
        t("new")
    if color in {"red"}:
        t("old")
    t(color)
