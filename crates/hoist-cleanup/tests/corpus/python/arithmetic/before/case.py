from openfeature import api
from trace import t

client = api.get_client()


def main():
    n = client.get_integer_value("new-nav", 1)
    t(n * 2 + 1)
    t(-n)
    t(n > 2)
