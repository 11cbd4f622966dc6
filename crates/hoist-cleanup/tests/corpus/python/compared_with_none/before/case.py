from openfeature import api
from trace import t

client = api.get_client()


def main():
    mode = client.get_string_value("new-nav", "a")
    if mode is not None:
        t("there")
    if mode is None:
        t("missing")
    t(mode is None or len(mode) > 0)
    on = client.get_string_value("new-nav", "a") is not None
    t("on" if on else "off")
