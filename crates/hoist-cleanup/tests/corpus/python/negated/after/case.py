from openfeature import api
from trace import t

client = api.get_client()


def f(x):
    t(0 == (not (x > 1)))
    t([x]if(not (x > 1))else[1])
    t(not (x > 1))


def main():
    f(2)
    f(0)
