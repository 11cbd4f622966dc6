from openfeature import api
from trace import t

client = api.get_client()


def main():
    n = 0
    while n < 2:
        n += 1
        t(n)
