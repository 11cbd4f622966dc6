from openfeature import api
from trace import t

client = api.get_client()


def main():
    t(f"{'b'} of {'b'!r}")
    t(f'{"b"}')
