from openfeature import api
from trace import t

client = api.get_client()


def f(x):
    if not(x):
        return(x)
    return [x]if(x)else[1]


def main():
    t(f(2))
    t(f(0))
