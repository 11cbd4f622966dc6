from openfeature import api
from trace import t

client = api.get_client()


def f(x):
    either = x or False
    t(either)


def main():
    f([])
    f("a")
