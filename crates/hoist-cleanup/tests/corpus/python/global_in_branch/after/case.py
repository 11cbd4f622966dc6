from openfeature import api
from trace import t

client = api.get_client()
x = 0


def change():
    if True:
        y = 1
    else:
        global x
        y = 2
    x = 4
    return y


def run():
    t(str(change()) + str(x))
