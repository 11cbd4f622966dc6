from openfeature import api
from trace import t

client = api.get_client()


def main():
    while client.get_boolean_value("new-nav", False):
        t("loop")
    else:
        t("else")
    t("end")
