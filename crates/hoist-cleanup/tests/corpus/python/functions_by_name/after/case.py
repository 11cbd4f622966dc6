from openfeature import api
from trace import t

client = api.get_client()


def _handle_a():
    t("a")


def handle(kind):
    globals()[f"_handle_{kind}"]()


def main():
    handle("a")
    return
