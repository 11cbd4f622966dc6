from openfeature import api
from trace import t

client = api.get_client()


def main():
    try:
        if client.get_boolean_value("new-nav", False):
            t("new")
    except ValueError:
        t("caught")
    else:
        t("else")
