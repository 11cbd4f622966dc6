from openfeature import api
from trace import t

client = api.get_client()


def main():
    mode = client.get_string_value("new-nav", "a")
    t(f"{mode} of {mode!r}")
    t(f'{mode}')
