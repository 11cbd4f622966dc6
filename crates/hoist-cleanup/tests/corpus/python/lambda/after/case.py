from openfeature import api
from trace import t

client = api.get_client()


def main():
    ask = lambda: True
    t(ask())
    t(list(map(lambda x: x, [1, 2])))
