from openfeature import api
from trace import t

client = api.get_client()


def main():
    for x in [1, 2]:
        t(x)
        if client.get_boolean_value("new-nav", False):
            continue
        t("work")
    t("end")
