from openfeature import api
from trace import t

client = api.get_client()


def main():
    try:
        assert False
    except AssertionError:
        t("failed")
