from openfeature import api
from trace import t

client = api.get_client()


def main():
    default = False
    if client.get_boolean_value(default_value=default, flag_key="new-nav"):
        t("new")
