from openfeature import api
from trace import t

client = api.get_client()


def f(x):
    both = x and client.get_boolean_value("new-nav", False)
    t(both)


def main():
    f([])
    f("a")
