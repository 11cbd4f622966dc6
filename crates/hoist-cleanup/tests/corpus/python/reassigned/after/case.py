from openfeature import api
from trace import t

client = api.get_client()


def f(q):
    on = True
    if q:
        on = False
    t("on" if on else "off")


def main():
    f(True)
    f(False)
