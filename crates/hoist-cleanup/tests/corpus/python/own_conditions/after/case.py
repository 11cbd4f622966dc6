from openfeature import api
from trace import t

client = api.get_client()


def main():
    if True:
        t("true")
    while False:
        t("never")
    if not False:
        t("new")
