from openfeature import api
from trace import t

client = api.get_client()


def f(x):
    both = x and True
    t(both)


def main():
    f([])
    f("a")
