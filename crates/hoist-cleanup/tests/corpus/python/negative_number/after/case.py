from openfeature import api
from trace import t

client = api.get_client()


def main():
    t(str((-3)**2))
    t(str(5-(-3)))
    t(str((-3).bit_length()))
