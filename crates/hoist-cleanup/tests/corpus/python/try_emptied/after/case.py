from openfeature import api
from trace import t

client = api.get_client()


def main():
    t("finally")
    try:
        pass
    except ValueError:
        t("caught")
    else:
        t("else")
    t("end")
