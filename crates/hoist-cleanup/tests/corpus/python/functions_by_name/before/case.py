from openfeature import api
from trace import t

client = api.get_client()


def _handle_a():
    t("a")


def handle(kind):
    globals()[f"_handle_{kind}"]()


def main():
    handle("a")
    if client.get_boolean_value("new-nav", False):
        return
    _handle_a()
