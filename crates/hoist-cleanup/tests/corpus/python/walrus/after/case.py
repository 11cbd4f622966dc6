from openfeature import api
from trace import t

client = api.get_client()


def main():
    if t("x") is None:
        t(True)
    t("end")
