from openfeature import api
from trace import t

client = api.get_client()


def f():
    n = 0
    while True:
        n += 1
        if n > 1:
            return n


def main():
    t(f())
