from openfeature import api
from trace import t

client = api.get_client()


def main():
    n = 0
    while client.get_boolean_value("new-nav", False) and n < 2:
        n += 1
        t(n)
