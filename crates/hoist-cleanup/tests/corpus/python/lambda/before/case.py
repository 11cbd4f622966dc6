from openfeature import api
from trace import t

client = api.get_client()


def main():
    ask = lambda: client.get_boolean_value("new-nav", False)
    t(ask())
    t(list(map(lambda x: x if client.get_boolean_value("new-nav", False) else 0, [1, 2])))
