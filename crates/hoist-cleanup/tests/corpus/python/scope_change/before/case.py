from openfeature import api
from trace import t

client = api.get_client()


name = "global"


def f():
    try:
        t(name)
    except UnboundLocalError:
        t("unbound")
    if client.get_boolean_value("new-nav", False):
        name = "local"


def main():
    f()
