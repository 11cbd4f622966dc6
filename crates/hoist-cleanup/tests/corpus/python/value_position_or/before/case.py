from openfeature import api
from trace import t

client = api.get_client()


def f(x):
    either = x or client.get_boolean_value("new-nav", False)
    t(either)


def main():
    f([])
    f("a")
