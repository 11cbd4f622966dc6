from openfeature import api
from trace import t

client = api.get_client()


def main():
    n = client.get_integer_value("new-nav", 1)
    t(str(n**2))
    t(str(5-n))
    t(str(client.get_integer_value("new-nav", 1).bit_length()))
