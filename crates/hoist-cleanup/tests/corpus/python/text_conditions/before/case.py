from openfeature import api

from trace import t

client = api.get_client()


def main():
    mode = client.get_string_value("new-nav", "")
    if mode:
        t(mode)
    else:
        t("off")
    t("yes" if mode else "no")
    t(mode or "x")
    t(mode and "y")
    t(not mode)
    if not mode:
        t("never")
    t(bool(mode))
