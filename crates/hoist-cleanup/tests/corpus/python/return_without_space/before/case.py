from openfeature import api
from trace import t

client = api.get_client()


def f(x):
    on = client.get_boolean_value("new-nav", False)
    if not(on and x):
        return(on and x)
    return [x]if(on and x)else[1]


def main():
    t(f(2))
    t(f(0))
