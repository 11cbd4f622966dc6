from openfeature import api
from trace import t

client = api.get_client()


def main():
    try:
        pass
    except ValueError:
        t("caught")
    else:
        t("else")
