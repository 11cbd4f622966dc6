from openfeature import api
from trace import t

client = api.get_client()


def f(x):
    on = client.get_boolean_value("new-nav", False)
    t(0 == ((x > 1) != on))
    t([x]if((x > 1) != on)else[1])
    t((x > 1) != on)


def main():
    f(2)
    f(0)
