from openfeature import api
from trace import t

client = api.get_client()


def f(q):
    on = client.get_boolean_value("new-nav", False)
    if q:
        on = False
    t("on" if on else "off")


def main():
    f(True)
    f(False)
