from openfeature import api
from trace import t

client = api.get_client()


def main():
    t(3 * 2 + 1)
    t(-3)
    t(3 > 2)
